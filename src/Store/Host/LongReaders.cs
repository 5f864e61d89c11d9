using Keelson.Base.Seams;

namespace Keelson.Store.Host;

/// <summary>
/// Who reads old revisions for long: backups and hashes. Trimming, and with it reclaim, waits for the oldest of them,
/// but not for ever: one slow reader must not keep a cluster's disks from shrinking.
/// </summary>
internal sealed class LongReaders(IClock clock)
{
    /// <summary>Trimming waits at most this long for one reader (store.md §3).</summary>
    public const long MillisecondsMax = 10 * 60 * 1000;

    private readonly Lock _lock = new();
    private readonly List<LongReader> _open = [];
    private Action _left = static () => { };
    private int _count;

    /// <summary>Whom to wake when a reader has left: trimming may go on.</summary>
    public void Connect(Action left) => _left = left;

    /// <summary>
    /// A reader that holds every revision until it says which one it needs; before it loads the root.
    /// </summary>
    public LongReader Enter()
    {
        var reader = new LongReader(this, clock.MonotonicMilliseconds + MillisecondsMax);
        lock (_lock)
        {
            _open.Add(reader);
        }

        // A full fence: the count is visible before the caller loads the root. Apply publishes a root, fences (it
        // collects epochs) and then looks here, so one of the two sees the other.
        Interlocked.Increment(ref _count);
        return reader;
    }

    /// <summary>
    /// The oldest revision that is still read; long.MaxValue without readers. Ends readers that are over their time, so
    /// whoever asks may trim what they read. From the apply thread, between batches.
    /// </summary>
    public long Oldest()
    {
        if (Volatile.Read(ref _count) == 0)
        {
            return long.MaxValue;
        }

        long now = clock.MonotonicMilliseconds;
        long oldest = long.MaxValue;
        lock (_lock)
        {
            for (int index = _open.Count - 1; index >= 0; index--)
            {
                if (_open[index].DeadlineMilliseconds <= now)
                {
                    _open[index].End();
                    RemoveAt(index);
                }
                else
                {
                    oldest = Math.Min(oldest, _open[index].Revision);
                }
            }
        }

        return oldest;
    }

    internal void Leave(LongReader reader)
    {
        lock (_lock)
        {
            int index = _open.IndexOf(reader);
            if (index >= 0)
            {
                RemoveAt(index);
            }
        }

        _left();
    }

    private void RemoveAt(int index)
    {
        _open.RemoveAt(index);
        Interlocked.Decrement(ref _count);
    }
}
