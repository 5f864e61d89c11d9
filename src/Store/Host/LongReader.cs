using Keelson.Store.Mvcc;

namespace Keelson.Store.Host;

/// <summary>
/// Somebody who reads one moment of the store for longer than an epoch pin may last. While it is open, trimming keeps
/// what is readable at its revision.
/// </summary>
/// <remarks>
/// Use: <see cref="LongReaders.Enter"/> first, then load the published root, then <see cref="Hold"/> its
/// compact revision; after each piece that was read, look at <see cref="RequireHeld"/>: what was read before it is
/// whole.
/// </remarks>
internal sealed class LongReader(LongReaders owner, long deadlineMilliseconds) : IDisposable
{
    // Holds everything until it is told what it needs.
    private long _revision = StoreState.NothingCompacted;
    private int _ended;

    /// <summary>The oldest revision that it reads.</summary>
    public long Revision => Volatile.Read(ref _revision);

    /// <summary>When it ends whether it is done or not, by the monotonic clock.</summary>
    public long DeadlineMilliseconds => deadlineMilliseconds;

    /// <summary>Revisions before this one are not needed.</summary>
    public void Hold(long revision) => Volatile.Write(ref _revision, revision);

    /// <exception cref="StoreException">Compacted: it took too long, and what it read may be gone.</exception>
    public void RequireHeld()
    {
        if (Volatile.Read(ref _ended) != 0)
        {
            throw new StoreException(StoreError.Compacted);
        }
    }

    public void Dispose() => owner.Leave(this);

    /// <summary>Marked before anything is trimmed.</summary>
    internal void End() => Interlocked.Exchange(ref _ended, 1);
}
