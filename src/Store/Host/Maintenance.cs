using System.Collections.Frozen;
using Keelson.Base.Identity;
using Keelson.Store.Mvcc;

namespace Keelson.Store.Host;

/// <summary>
/// What a store does beside its requests: checkpoints when they are due, segments for the log, memory back to its
/// bounds.
/// </summary>
internal sealed class Maintenance
{
    /// <summary>
    /// Every start after a crash begins a new log segment: a store that is killed again and again must not fill the
    /// disk.
    /// </summary>
    private const int LogSegmentsMax = 8;

    /// <summary>The apply thread answers a requested checkpoint within a batch.</summary>
    private static readonly TimeSpan CheckpointPoll = TimeSpan.FromMilliseconds(1);

    private readonly StoreParts _parts;
    private readonly ApplyLoop _apply;
    private readonly SegmentKeeper _segments;
    private readonly Func<Revision> _watchesReadFrom;
    private readonly Checkpointer _checkpointer;
    private readonly Reclaimer _reclaimer;
    private volatile Box _sizes;
    private CheckpointStart? _started;

    // The machine counts from the root that the store started from, so a replayed tail is part of what is due.
    private long _bytesAtCheckpoint;
    private long _requestsAtCheckpoint;
    private bool _requested;

    /// <param name="parts">The store.</param>
    /// <param name="apply">Its state.</param>
    /// <param name="segments">The log's segments.</param>
    /// <param name="watchesReadFrom">The compact revision that watches know: they may still read from there on.</param>
    public Maintenance(StoreParts parts, ApplyLoop apply, SegmentKeeper segments, Func<Revision> watchesReadFrom)
    {
        _watchesReadFrom = watchesReadFrom;
        _parts = parts;
        _apply = apply;
        _segments = segments;
        _checkpointer = new Checkpointer(parts, betweenPieces: segments.Run);
        _checkpointer.RemoveUnnamedFiles(guarded: []);
        _reclaimer = new Reclaimer(parts, () => apply.State, betweenPieces: segments.Run);
        _sizes = new Box(StoreSizes.Count(parts));
        segments.ReleaseThrough(_checkpointer.LogNeededAfter);
    }

    /// <summary>
    /// True when so much came since the last checkpoint that another one is due; from the apply thread.
    /// </summary>
    public bool IsDue() =>
        _segments.InUse >= LogSegmentsMax
        || _parts.Machine.AppliedRequests - Volatile.Read(ref _requestsAtCheckpoint) >= _parts.Tuning.CheckpointRequests
        || _parts.Machine.RecordedBytes - Volatile.Read(ref _bytesAtCheckpoint) >= _parts.Tuning.CheckpointBytes;

    /// <summary>How large the store is, as counted a moment ago. Any thread.</summary>
    public StoreSizes Sizes => _sizes.Value;

    /// <summary>One round; how long to sleep unless woken.</summary>
    public TimeSpan Step()
    {
        _segments.Run();
        CheckpointStart? start = Interlocked.Exchange(ref _started, null);
        if (start is not null)
        {
            Write(start);
            _requested = false;
        }
        else if (!_requested && IsDue())
        {
            _requested = true;
            IReadOnlySet<int> poor = _reclaimer.PoorTreeSegments();
            _apply.Between(state => Volatile.Write(ref _started, _checkpointer.Begin(state, poor)));
        }
        else if (!_requested && _apply.TrimmedTo == _apply.State.CompactRevision)
        {
            _reclaimer.ReclaimHistory(_watchesReadFrom());
        }

        _parts.History.Trim();
        _parts.Pages.Evict();
        _sizes = new Box(StoreSizes.Count(_parts));
        return _requested ? CheckpointPoll : _parts.Tuning.MaintenanceInterval;
    }

    /// <summary>At a clean stop, when no other thread runs any more: the next start then replays nothing.</summary>
    public void WriteLastCheckpoint()
    {
        // One may have been begun that the maintenance thread did not live to write.
        if (Interlocked.Exchange(ref _started, null) is { } begun)
        {
            Write(begun);
        }

        StoreState state = _apply.State;
        if (state.AppliedIndex > _checkpointer.CheckpointedIndex)
        {
            Write(_checkpointer.Begin(state, FrozenSet<int>.Empty));
        }
    }

    private void Write(CheckpointStart start)
    {
        Volatile.Write(ref _bytesAtCheckpoint, _parts.Machine.RecordedBytes);
        Volatile.Write(ref _requestsAtCheckpoint, _parts.Machine.AppliedRequests);
        _checkpointer.Write(start);
        _reclaimer.Checkpointed();
        _checkpointer.RemoveUnnamedFiles(_reclaimer.GuardedFiles);
        _segments.ReleaseThrough(_checkpointer.LogNeededAfter);
    }

    /// <summary>Published whole: readers on other threads never see half of one.</summary>
    private sealed record Box(StoreSizes Value);
}
