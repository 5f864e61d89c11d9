using System.Threading.Tasks.Sources;

namespace Keelson.Store.Host;

/// <summary>
/// Wakes one waiting consumer; a signal that comes before the wait is remembered, several count as one. A wait answers
/// true, from <see cref="End"/> on false. Waiting allocates nothing: thousands of streams wait at once, and each would
/// need its own object once an event.
/// </summary>
internal sealed class AsyncSignal : IValueTaskSource<bool>
{
    private readonly Lock _lock = new();

    // Whoever signals must not run the consumer.
    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _registration;
    private bool _set;
    private bool _waiting;
    private volatile bool _ended;

    /// <summary>No wait answers true any more.</summary>
    public bool HasEnded => _ended;

    public void Set()
    {
        lock (_lock)
        {
            if (!_waiting)
            {
                _set = true;
                return;
            }

            _waiting = false;
        }

        _source.SetResult(true);
    }

    /// <summary>Wakes the consumer for the last time.</summary>
    public void End()
    {
        _ended = true;
        Set();
    }

    /// <summary>One waiter at a time.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellation)
    {
        short version;
        lock (_lock)
        {
            if (_set)
            {
                _set = false;
                return new ValueTask<bool>(!_ended);
            }

            _source.Reset();
            version = _source.Version;
            _waiting = true;
        }

        if (cancellation.CanBeCanceled)
        {
            _registration = cancellation.UnsafeRegister(static state => ((AsyncSignal)state!).Cancel(), this);
        }

        return new ValueTask<bool>(this, version);
    }

    public bool GetResult(short token)
    {
        _registration.Dispose();
        _registration = default;
        return _source.GetResult(token) && !_ended;
    }

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private void Cancel()
    {
        lock (_lock)
        {
            if (!_waiting)
            {
                return;
            }

            _waiting = false;
        }

        _source.SetException(new OperationCanceledException());
    }
}
