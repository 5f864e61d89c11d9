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
    private ManualResetValueTaskSourceCore<RequestOutcome> _source;

    public RequestKind Kind { get; private set; }

    /// <summary>The caller's memory; it must not change until the outcome is known.</summary>
    public ReadOnlyMemory<byte> Request { get; private set; }

    /// <summary>Where apply writes the answer; null when the caller wants none.</summary>
    public ProtoBuffer? Response { get; private set; }

    /// <summary>Set by apply, told to the caller when the batch is published.</summary>
    public RequestOutcome Outcome { get; set; }

    public ValueTask<RequestOutcome> Task => new(this, _source.Version);

    /// <param name="kind">What it is.</param>
    /// <param name="request">Its message.</param>
    /// <param name="response">Where the answer goes.</param>
    /// <param name="continuesQuickly">
    /// What awaits the outcome never blocks: it may run on the thread that answers the whole batch, one after the
    /// other.
    /// </param>
    public void Begin(
        RequestKind kind, ReadOnlyMemory<byte> request, ProtoBuffer? response, bool continuesQuickly)
    {
        Kind = kind;
        Request = request;
        Response = response;
        Outcome = default;
        _source.Reset();
        _source.RunContinuationsAsynchronously = !continuesQuickly;
    }

    public void Complete() => _source.SetResult(Outcome);

    public void Fail(Exception exception) => _source.SetException(exception);

    public RequestOutcome GetResult(short token)
    {
        try
        {
            return _source.GetResult(token);
        }
        finally
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
}
