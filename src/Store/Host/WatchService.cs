using Keelson.Base.Identity;
using Keelson.Base.Memory;
using Keelson.Base.Seams;
using Keelson.Store.Mvcc;
using Keelson.Store.Watch;

namespace Keelson.Store.Host;

/// <summary>
/// The watch hub's thread and door: each new root is published to it here, streams come and go from any thread. All
/// calls into the hub are under one lock.
/// </summary>
internal sealed class WatchService
{
    /// <summary>Turns for watches that are behind, before the lock is offered to others.</summary>
    private const int TurnsPerStep = 1;

    private readonly Lock _lock = new();
    private readonly WatchHub _hub;
    private readonly EpochGate _epochs;
    private readonly IClock _clock;
    private readonly long _progressMilliseconds;
    private readonly Dictionary<WatchStreamId, WatchSubscription> _subscriptions = [];
    private ILoop? _thread;
    private StoreState _latest;
    private long _lastStream;
    private long _nextProgressMilliseconds;
    private int _open;
    private bool _closed;

    /// <param name="hub">Stands at <paramref name="state"/>.</param>
    /// <param name="state">The published root.</param>
    /// <param name="epochs">Where history readers announce themselves.</param>
    /// <param name="clock">For the progress interval.</param>
    /// <param name="progressInterval">How often idle watches that asked are told how far they are.</param>
    public WatchService(WatchHub hub, StoreState state, EpochGate epochs, IClock clock, TimeSpan progressInterval)
    {
        _hub = hub;
        _latest = state;
        _epochs = epochs;
        _clock = clock;
        _progressMilliseconds = (long)progressInterval.TotalMilliseconds;
        _nextProgressMilliseconds = clock.MonotonicMilliseconds + _progressMilliseconds;
    }

    /// <summary>Open streams, watches that are up to date, watches that catch up or wait.</summary>
    public (int Streams, int Live, int Waiting) Counts
    {
        get
        {
            lock (_lock)
            {
                (int live, int waiting) = _hub.Counts;
                return (_subscriptions.Count, live, waiting);
            }
        }
    }

    /// <summary>Watches may still read from here on. Any thread.</summary>
    public Revision CompactRevision => _hub.CompactRevision;

    public void RunOn(ILoop thread) => _thread = thread;

    /// <summary>A new root; from the apply thread.</summary>
    public void Published(StoreState state)
    {
        bool compacted = state.CompactRevision != _latest.CompactRevision;
        // A full fence: either this root is seen by a stream that opens, or that stream is seen here.
        Interlocked.Exchange(ref _latest, state);
        if (compacted || Volatile.Read(ref _open) > 0)
        {
            _thread?.Wake();
        }
    }

    /// <exception cref="StoreException">Stopped.</exception>
    public WatchSubscription Open()
    {
        lock (_lock)
        {
            if (_closed)
            {
                throw new StoreException(StoreError.Stopped);
            }

            var id = new WatchStreamId(++_lastStream);
            var subscription = new WatchSubscription(this, id);
            _subscriptions.Add(id, subscription);
            Interlocked.Increment(ref _open);
            PublishLatest();
            _hub.Open(id);
            return subscription;
        }
    }

    /// <summary>Ends every stream: consumers see the end.</summary>
    public void Close()
    {
        WatchSubscription[] open;
        lock (_lock)
        {
            _closed = true;
            open = [.. _subscriptions.Values];
        }

        foreach (WatchSubscription subscription in open)
        {
            subscription.Dispose();
        }
    }

    /// <summary>One round; how long to sleep unless woken.</summary>
    public TimeSpan Step()
    {
        bool more;
        lock (_lock)
        {
            PublishLatest();
            using EpochPin pin = _epochs.Enter();
            more = Advance();
            NotifyProgress();
            SignalReady();
        }

        return more ? TimeSpan.Zero : UntilProgress();
    }

    private void PublishLatest()
    {
        using EpochPin pin = _epochs.Enter();
        StoreState state = Volatile.Read(ref _latest);
        _hub.Publish(state.Revision, new Revision(state.CompactRevision));
    }

    internal T Call<T>(Func<WatchHub, T> call)
    {
        T result;
        lock (_lock)
        {
            // A watch "from now on" begins behind every write that was answered, even while the thread is late.
            PublishLatest();
            using EpochPin pin = _epochs.Enter();
            result = call(_hub);
            SignalReady();
        }

        return result;
    }

    /// <summary>Takes the stream's next item; room that it makes lets watches that are behind go on.</summary>
    internal bool TryTake(
        WatchStreamId id, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out WatchItem? item)
    {
        item = null;
        bool taken;
        bool madeRoom;
        lock (_lock)
        {
            if (!_subscriptions.ContainsKey(id))
            {
                return false;
            }

            bool wasFull = !_hub.HasRoom(id);
            taken = _hub.TryTake(id, out item);
            madeRoom = wasFull && _hub.HasRoom(id);
        }

        if (madeRoom)
        {
            _thread?.Wake();
        }

        return taken;
    }

    internal void Remove(WatchStreamId id)
    {
        lock (_lock)
        {
            if (_subscriptions.Remove(id))
            {
                Interlocked.Decrement(ref _open);
                _hub.Close(id);
            }
        }
    }

    /// <summary>A watch may begin behind: its turns are the thread's.</summary>
    internal void Wake() => _thread?.Wake();

    private bool Advance()
    {
        bool more = true;
        for (int turn = 0; turn < TurnsPerStep && more; turn++)
        {
            more = _hub.Advance();
        }

        return more;
    }

    private void NotifyProgress()
    {
        if (_clock.MonotonicMilliseconds >= _nextProgressMilliseconds)
        {
            _hub.NotifyProgress();
            _nextProgressMilliseconds = _clock.MonotonicMilliseconds + _progressMilliseconds;
        }
    }

    private TimeSpan UntilProgress()
    {
        long wait = Math.Clamp(_nextProgressMilliseconds - _clock.MonotonicMilliseconds, 1, int.MaxValue);
        return TimeSpan.FromMilliseconds(wait);
    }

    private void SignalReady()
    {
        while (_hub.TryTakeReady(out WatchStreamId id))
        {
            if (_subscriptions.TryGetValue(id, out WatchSubscription? subscription))
            {
                subscription.Signal();
            }
        }
    }
}
