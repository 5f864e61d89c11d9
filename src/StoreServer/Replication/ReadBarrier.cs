using Keelson.Base.Identity;
using Keelson.Store;
using Keelson.Store.Host;

namespace Keelson.StoreServer.Replication;

/// <summary>
/// Reads that must see everything acknowledged before them. Those that come while the leader is asked for others wait
/// for the next question, so that however many there are, the questions are few.
/// </summary>
internal sealed class ReadBarrier
{
    /// <summary>Questions under way; each is a round of heartbeats.</summary>
    private const int AskedMax = 4;

    private readonly Lock _lock = new();
    private readonly List<ReadGroup> _asked = [];
    private readonly List<ReadGroup> _permitted = [];
    private readonly IEngineThreads _threads;
    private readonly ClusterClock _clock;
    private readonly Action _wake;
    private ReadGroup? _arriving;
    private LogIndex _applied;
    private long _lastToken;

    /// <param name="threads">Where reads go on.</param>
    /// <param name="clock">This member's time.</param>
    /// <param name="wake">Wakes the commit loop.</param>
    /// <param name="applied">How far this member has applied.</param>
    public ReadBarrier(IEngineThreads threads, ClusterClock clock, Action wake, LogIndex applied)
    {
        _threads = threads;
        _clock = clock;
        _wake = wake;
        _applied = applied;
    }

    /// <summary>How long to wait for the leader's word before asking again: a message may be lost.</summary>
    public required long RetryMilliseconds { get; init; }

    /// <summary>How long a read waits at most.</summary>
    public required long PatienceMilliseconds { get; init; }

    /// <summary>When <see cref="TakeQuestions"/> has something to do of its own accord.</summary>
    public long DueMilliseconds
    {
        get
        {
            lock (_lock)
            {
                return _asked.Count == 0 && _arriving is null
                    ? IBatchOrder.NeverDue
                    : _clock.LocalMilliseconds + RetryMilliseconds;
            }
        }
    }

    /// <summary>Completes when this member has applied all that was acknowledged anywhere by now. Any thread.</summary>
    public Task<StoreError> WaitAsync()
    {
        bool isFirst;
        ReadGroup group;
        lock (_lock)
        {
            isFirst = _arriving is null;
            _arriving ??= new ReadGroup(++_lastToken) { SinceMilliseconds = _clock.LocalMilliseconds };
            group = _arriving;
        }

        if (isFirst)
        {
            _wake();
        }

        return group.Done;
    }

    /// <summary>The commit loop: what the leader is to be asked now, by name.</summary>
    public void TakeQuestions(List<long> tokens)
    {
        long now = _clock.LocalMilliseconds;
        lock (_lock)
        {
            ExpireLocked(now);
            foreach (ReadGroup group in _asked.Where(group => now - group.AskedMilliseconds >= RetryMilliseconds))
            {
                group.AskedMilliseconds = now;
                tokens.Add(group.Token);
            }

            if (_arriving is not null && _asked.Count < AskedMax)
            {
                _arriving.AskedMilliseconds = now;
                tokens.Add(_arriving.Token);
                _asked.Add(_arriving);
                _arriving = null;
            }
        }
    }

    /// <summary>
    /// The commit loop: the leader's word; null when there is none and it must be asked again a while later.
    /// </summary>
    public void Permit(long token, LogIndex? index)
    {
        lock (_lock)
        {
            int position = _asked.FindIndex(group => group.Token == token);
            if (position < 0 || index is null)
            {
                return;
            }

            ReadGroup group = _asked[position];
            _asked.RemoveAt(position);
            group.Index = index;
            _permitted.Add(group);
            CompleteLocked();
        }
    }

    /// <summary>The apply loop: the state is this far.</summary>
    public void Published(LogIndex applied)
    {
        lock (_lock)
        {
            _applied = applied;
            if (_permitted.Count > 0)
            {
                CompleteLocked();
            }
        }
    }

    /// <summary>Nobody will be asked any more.</summary>
    public void Close()
    {
        lock (_lock)
        {
            foreach (ReadGroup group in _asked.Concat(_permitted).Append(_arriving!).Where(group => group is not null))
            {
                Complete(group, StoreError.Stopped);
            }

            _asked.Clear();
            _permitted.Clear();
            _arriving = null;
        }
    }

    private void CompleteLocked()
    {
        for (int position = _permitted.Count - 1; position >= 0; position--)
        {
            if (_permitted[position].Index <= _applied)
            {
                Complete(_permitted[position], StoreError.None);
                _permitted.RemoveAt(position);
            }
        }
    }

    private void ExpireLocked(long now)
    {
        foreach (ReadGroup group in _asked.Where(group => now - group.SinceMilliseconds >= PatienceMilliseconds))
        {
            Complete(group, StoreError.TimedOut);
        }

        _asked.RemoveAll(group => now - group.SinceMilliseconds >= PatienceMilliseconds);
    }

    private void Complete(ReadGroup group, StoreError error)
    {
        group.Error = error;
        _threads.Queue(group);
    }
}
