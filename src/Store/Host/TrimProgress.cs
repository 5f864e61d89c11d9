using Keelson.Store.Mvcc;

namespace Keelson.Store.Host;

/// <summary>
/// How far trimming is, and who waits for it: physical compactions.
/// </summary>
/// <remarks>
/// Promises: a wait completes once, when the mark has reached its revision, its token was cancelled or the store
/// stopped; whoever moves the mark never runs a waiter. The mark may fall back while a long reader holds old revisions:
/// what was told stays true, since trimmed versions do not come back.
/// </remarks>
internal sealed class TrimProgress
{
    private readonly Lock _lock = new();
    private readonly List<Waiter> _waiting = [];
    private long _trimmedTo = StoreState.NothingCompacted;
    private Exception? _closed;

    /// <summary>
    /// No version that a compaction at this revision made unreadable is left in the tree. Any thread.
    /// </summary>
    public long TrimmedTo => Volatile.Read(ref _trimmedTo);

    /// <summary>Completes when nothing is left of what a compaction at <paramref name="revision"/> removes.</summary>
    /// <exception cref="StoreException">Stopped.</exception>
    public async Task WaitAsync(long revision, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(revision);
        lock (_lock)
        {
            if (_closed is not null)
            {
                throw _closed;
            }

            if (revision <= _trimmedTo)
            {
                return;
            }

            _waiting.Add(waiter);
        }

        try
        {
            await waiter.Done.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            lock (_lock)
            {
                _waiting.Remove(waiter);
            }
        }
    }

    /// <summary>Apply thread: moves the mark.</summary>
    public void Set(long trimmedTo)
    {
        if (trimmedTo == _trimmedTo)
        {
            return;
        }

        lock (_lock)
        {
            Volatile.Write(ref _trimmedTo, trimmedTo);
            foreach (Waiter waiter in _waiting.Where(waiter => waiter.Revision <= trimmedTo))
            {
                waiter.Done.TrySetResult();
            }
        }
    }

    /// <summary>Trimming has ended for ever: fails everybody who waits.</summary>
    public void Close(Exception reason)
    {
        lock (_lock)
        {
            _closed = reason;
            _waiting.ForEach(waiter => waiter.Done.TrySetException(reason));
        }
    }

    private sealed record Waiter(long Revision)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
