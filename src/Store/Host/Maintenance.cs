using System.Collections.Frozen;
using Keelson.Base.Identity;
using Keelson.Store.Log;
using Keelson.Store.Mvcc;

namespace Keelson.Store.Host;

/// <summary>
/// What a store does beside its requests: checkpoints when they are due, segments for the log, memory back to its
/// bounds.
/// </summary>
internal sealed class Maintenance
{
    /// <summary>The apply thread answers a requested checkpoint within a batch.</summary>
    private static readonly TimeSpan CheckpointPoll = TimeSpan.FromMilliseconds(1);

    /// <summary>Between two checkpoints that give space back; a pass waits for trimming, which wakes nobody.</summary>
    private static readonly TimeSpan RecoveryPause = TimeSpan.FromMilliseconds(50);

    private readonly StoreParts _parts;
    private readonly ApplyLoop _apply;
    private readonly SegmentKeeper _segments;
    private readonly Func<Revision> _watchesReadFrom;
    private readonly Checkpointer _checkpointer;
    private readonly Reclaimer _reclaimer;
    private readonly GrowthLimits _limits;
    private readonly DiskReserve _reserve;
    private readonly SpaceRecovery _recovery;
    private readonly ReclaimPass _pass;
    private volatile Box _sizes;
    private CheckpointStart? _started;
    private bool _requested;

    /// <param name="parts">The store.</param>
    /// <param name="apply">Its state.</param>
    /// <param name="segments">The log's segments.</param>
    /// <param name="limits">What makes checkpoints due.</param>
    /// <param name="watchesReadFrom">The compact revision that watches know: they may still read from there on.</param>
    public Maintenance(
        StoreParts parts, ApplyLoop apply, SegmentKeeper segments, GrowthLimits limits, Func<Revision> watchesReadFrom)
    {
        _reserve = limits.Reserve;
        _limits = limits;
        _recovery = new SpaceRecovery(_reserve, segments, apply);
        _watchesReadFrom = watchesReadFrom;
        _parts = parts;
        _apply = apply;
        _segments = segments;
        _checkpointer = new Checkpointer(parts, betweenPieces: segments.Run);
        _checkpointer.RemoveUnnamedFiles(guarded: []);
        _reclaimer = new Reclaimer(parts, () => apply.State, _reserve, betweenPieces: segments.Run);
        _pass = new ReclaimPass(parts.Observer);
        _sizes = new Box(StoreSizes.Count(parts));
        segments.ReleaseThrough(_checkpointer.LogNeededAfter);
    }

    /// <summary>Has a batch proposed though nothing waits: it closes the history's segment.</summary>
    public required Action WantBatch { get; init; }

    /// <summary>What was asked for beside the background's work. Any thread asks; wake maintenance after it.</summary>
    public ReclaimPass Pass => _pass;

    /// <summary>How large the store is, as counted a moment ago. Any thread.</summary>
    public StoreSizes Sizes => _sizes.Value;

    /// <summary>One round; how long to sleep unless woken.</summary>
    public TimeSpan Step()
    {
        _segments.Run();
        _pass.BeginIfWanted();
        CheckpointStart? start = Interlocked.Exchange(ref _started, null);
        if (start is not null)
        {
            Write(start);
            _requested = false;
        }
        else if (!_requested && WantsRoot() && _reserve.Fits(0))
        {
            _requested = true;
            IReadOnlySet<int> poor = _reclaimer.PoorTreeSegments(_pass.IsOn);
            _apply.Between(state => Volatile.Write(ref _started, _checkpointer.Begin(state, poor)));
        }
        else if (!_requested && _apply.Trimming.TrimmedTo == _apply.State.CompactRevision)
        {
            Reclaim();
        }

        if (!_requested)
        {
            Tidy();
        }

        return Pause();
    }

    private void Reclaim()
    {
        if (_pass.IsOn && _parts.History.IsSealWanted)
        {
            // Asked for, and no batch came yet: nothing to look at before.
            return;
        }

        bool found = _reclaimer.ReclaimHistory(_watchesReadFrom(), _pass.IsOn);
        if (_pass.IsOn && _parts.History.TrySeal())
        {
            WantBatch();
            found = true;
        }

        _pass.Looked(found || _reclaimer.PoorTreeSegments(_pass.IsOn).Count > 0);
    }

    /// <summary>Not once a millisecond while the apply thread is waited for.</summary>
    private void Tidy()
    {
        _parts.History.Trim(_pass.IsOn);
        _parts.Pages.Evict();
        _sizes = new Box(StoreSizes.Count(_parts));
        _reserve.Measure(_checkpointer.LastWrittenBytes);
        if (_apply.Trimming.TrimmedTo < _apply.State.CompactRevision)
        {
            // Trimming may have waited for pages to become clean, or for space.
            _apply.Wake();
        }
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
        // Without room the next start replays the log: better than a stop that ends in a failed write.
        if (state.AppliedIndex > _checkpointer.CheckpointedIndex && _reserve.Fits(0))
        {
            Write(_checkpointer.Begin(state, FrozenSet<int>.Empty));
        }
    }

    /// <summary>The last thing of a clean stop: the next start then need not search for the log's end.</summary>
    public void WriteLogEnd()
    {
        if (_reserve.Fits(0) && _parts.Log.IsQuiet)
        {
            LogEnd.Write(_parts.Disk, _parts.Log);
        }
    }

    private bool WantsRoot() =>
        _limits.IsCheckpointDue || _pass.WantsCheckpoint || _recovery.WantsRoot(_reclaimer.Passes);

    private TimeSpan Pause()
    {
        if (_requested || (_pass.WantsCheckpoint && _reserve.Fits(0)))
        {
            return CheckpointPoll;
        }

        TimeSpan interval = _parts.Tuning.MaintenanceInterval;
        return (_recovery.IsBusy || _pass.IsOn) && interval > RecoveryPause ? RecoveryPause : interval;
    }

    private void Write(CheckpointStart start)
    {
        _checkpointer.Write(start);
        _limits.Tail.Checkpointed(start);
        _reclaimer.Checkpointed();
        _recovery.RootWritten();
        _pass.Checkpointed();
        _checkpointer.RemoveUnnamedFiles(_reclaimer.GuardedFiles);
        _segments.ReleaseThrough(_checkpointer.LogNeededAfter);
    }

    /// <summary>Published whole: readers on other threads never see half of one.</summary>
    private sealed record Box(StoreSizes Value);
}
