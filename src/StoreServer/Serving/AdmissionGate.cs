namespace Keelson.StoreServer.Serving;

/// <summary>
/// Lets so much run at a time; who does not fit waits in order, and too many who wait are refused.
/// </summary>
/// <remarks>
/// Promises: the shares inside never exceed the capacity; a share above it runs alone; whoever waits first enters
/// first; no more than the given number waits.
/// </remarks>
internal sealed class AdmissionGate
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiting = new();
    private readonly long _capacity;
    private readonly int _waitingMax;
    private long _free;

    /// <param name="capacity">Shares that may be inside together.</param>
    /// <param name="waitingMax">How many may wait.</param>
    public AdmissionGate(long capacity, int waitingMax)
    {
        _capacity = capacity;
        _waitingMax = waitingMax;
        _free = capacity;
    }

    /// <summary>How many wait right now.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Waits for a turn; null when too many wait already. Dispose the turn to let the next one in.</summary>
    /// <exception cref="OperationCanceledException">The caller waits no longer.</exception>
    public async ValueTask<IDisposable?> EnterAsync(long share, CancellationToken cancellation)
    {
        var waiter = new Waiter(this, Math.Min(share, _capacity));
        LinkedListNode<Waiter> place;
        lock (_lock)
        {
            if (_waiting.Count == 0 && waiter.Share <= _free)
            {
                _free -= waiter.Share;
                return waiter;
            }

            if (_waiting.Count >= _waitingMax)
            {
                return null;
            }

            place = _waiting.AddLast(waiter);
        }

        await using CancellationTokenRegistration registration = cancellation.Register(() => GiveUp(place));
        await waiter.Entered.Task;
        return waiter;
    }

    private void GiveUp(LinkedListNode<Waiter> place)
    {
        lock (_lock)
        {
            if (place.List is null)
            {
                // It entered meanwhile.
                return;
            }

            _waiting.Remove(place);
            // Those behind it may be smaller.
            AdmitLocked();
        }

        place.Value.Entered.SetCanceled();
    }

    private void Leave(long share)
    {
        lock (_lock)
        {
            _free += share;
            AdmitLocked();
        }
    }

    private void AdmitLocked()
    {
        while (_waiting.First is { } first && first.Value.Share <= _free)
        {
            _waiting.RemoveFirst();
            _free -= first.Value.Share;
            first.Value.Entered.SetResult();
        }
    }

    /// <summary>One that waits, and then its turn.</summary>
    private sealed class Waiter(AdmissionGate gate, long share) : IDisposable
    {
        private int _left;

        public long Share => share;

        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                gate.Leave(share);
            }
        }
    }
}
