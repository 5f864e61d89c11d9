namespace Keelson.Rpc.Server.Connections;

/// <summary>
/// How many connections a server has, over all its listeners. Whoever accepts takes a place first, as Go's
/// netutil.LimitListener does, which etcd uses (etcd 3.5, embed/etcd.go): a connection above the limit waits in the
/// kernel's queue and costs no file descriptor.
/// </summary>
internal sealed class ConnectionGate
{
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private readonly IConnectionObserver? _observer;
    private readonly int _max;
    private int _free;

    /// <param name="max">Connections at a time.</param>
    /// <param name="observer">Told when a listener finds all places taken.</param>
    public ConnectionGate(int max, IConnectionObserver? observer)
    {
        _max = max;
        _free = max;
        _observer = observer;
    }

    /// <summary>Waits for a place.</summary>
    /// <exception cref="OperationCanceledException">The token was set first.</exception>
    public async ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource place;
        lock (_lock)
        {
            if (_free > 0)
            {
                _free--;
                return;
            }

            place = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(place);
        }

        _observer?.Full(_max);
        await using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static waiter => ((TaskCompletionSource)waiter!).TrySetCanceled(), place);
        await place.Task;
    }

    /// <summary>Gives a place to who waits longest, or back.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            while (_waiting.TryDequeue(out TaskCompletionSource? place))
            {
                if (place.TrySetResult())
                {
                    return;
                }
            }

            _free++;
        }
    }
}
