using System.Threading.Tasks.Sources;
using Keelson.Base.Codec;
using Keelson.Store.Mvcc;

namespace Keelson.Store.Host;

/// <summary>
/// A request on its way through the commit loop, and the task its caller awaits. Pooled: it belongs to the caller from
/// <see cref="ProposalPool.Rent"/> until the awaited result was taken, which returns it.
/// </summary>
internal sealed class Proposal(ProposalPool pool) : IValueTaskSource<RequestOutcome>
{
    private const int Pending = 0;
    private const int Answered = 1;
    private const int Abandoned = 2;

    /// <summary>What the state rises by with each use, so that a look at an earlier one decides nothing.</summary>
    private const int Use = 4;

    private ManualResetValueTaskSourceCore<RequestOutcome> _source;
    private CallerPatience _patience;
    private long _seenMilliseconds;
    private int _state = Answered;

    public RequestKind Kind { get; private set; }

    /// <summary>The caller's memory; it must not change until the outcome is known.</summary>
    public ReadOnlyMemory<byte> Request { get; private set; }

    /// <summary>Where apply writes the answer; null when the caller wants none.</summary>
    public ProtoBuffer? Response { get; private set; }

    /// <summary>Set by apply, told to the caller when the batch is published.</summary>
    public RequestOutcome Outcome { get; set; }

    /// <summary>Its place in the pool's list of all.</summary>
    public int Slot { get; set; }

    /// <summary>Its caller was answered early: its bytes are the caller's again.</summary>
    public bool IsAbandoned => StatusOf(Volatile.Read(ref _state)) == Abandoned;

    public ValueTask<RequestOutcome> Task => new(this, _source.Version);

    /// <param name="kind">What it is.</param>
    /// <param name="request">Its message.</param>
    /// <param name="response">Where the answer goes.</param>
    /// <param name="continuesQuickly">
    /// What awaits the outcome never blocks: it may run on the thread that answers the whole batch, one after the
    /// other.
    /// </param>
    /// <param name="patience">How long the caller waits.</param>
    public void Begin(
        RequestKind kind,
        ReadOnlyMemory<byte> request,
        ProtoBuffer? response,
        bool continuesQuickly,
        CallerPatience patience)
    {
        Kind = kind;
        Request = request;
        Response = response;
        Outcome = default;
        _source.Reset();
        _source.RunContinuationsAsynchronously = !continuesQuickly;
        _patience = patience;
        _seenMilliseconds = long.MaxValue;
        Volatile.Write(ref _state, unchecked(_state - StatusOf(_state) + Use));
    }

    public void Complete()
    {
        if (TryEnd(Volatile.Read(ref _state), Answered))
        {
            _source.SetResult(Outcome);
        }
    }

    public void Fail(Exception exception)
    {
        if (TryEnd(Volatile.Read(ref _state), Answered))
        {
            _source.SetException(exception);
        }
    }

    /// <summary>
    /// Answers a caller that waited too long or is gone; false when it may wait on. The proposal is not used again: its
    /// batch may still name it.
    /// </summary>
    public bool TryAbandon(long nowMilliseconds)
    {
        int state = Volatile.Read(ref _state);
        if (StatusOf(state) != Pending)
        {
            return false;
        }

        // From when on it waits is known to a sweep's interval: never too early, and no request asks for the time.
        _seenMilliseconds = Math.Min(_seenMilliseconds, nowMilliseconds);
        bool isGone = _patience.Gone.IsCancellationRequested;
        if ((!isGone && nowMilliseconds - _seenMilliseconds < _patience.Milliseconds) || !TryEnd(state, Abandoned))
        {
            return false;
        }

        _source.RunContinuationsAsynchronously = true;
        _source.SetResult(new RequestOutcome(isGone ? StoreError.Canceled : StoreError.TimedOut, default, default));
        return true;
    }

    public RequestOutcome GetResult(short token)
    {
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            Release();
        }
    }

    private void Release()
    {
        if (!IsAbandoned)
        {
            Request = default;
            Response = null;
            pool.Return(this);
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private static int StatusOf(int state) => state & (Use - 1);

    private bool TryEnd(int state, int status) =>
        StatusOf(state) == Pending && Interlocked.CompareExchange(ref _state, state + status, state) == state;
}
