using System.Collections.Frozen;
using Keelson.Base.Identity;
using Keelson.Base.Memory;
using Keelson.Base.Seams;
using Keelson.Store.Backup;
using Keelson.Store.Mvcc;

namespace Keelson.Store.Host;

/// <summary>
/// Fills an empty directory from a backup: versions in order of revision into history and tree, in batches and
/// checkpoints of bounded size. The result has roots and no log: as after a checkpoint of a log that has no entry yet,
/// so that opening it is an ordinary start.
/// </summary>
internal sealed class SnapshotBuild : IDisposable
{
    /// <summary>A batch's pages cannot be written before it ends.</summary>
    private const int VersionsPerBatch = 10_000;

    private const long BytesPerBatch = 8L << 20;

    private readonly SnapshotReader _snapshot;
    private readonly RestoreOptions _options;
    private readonly StoreParts _parts;
    private readonly Checkpointer _checkpointer;
    private readonly WorkingState _state;
    private readonly SnapshotFeed _feed;
    private long _bytesAtBatch;
    private long _bytesAtCheckpoint;

    public SnapshotBuild(IDisk disk, SnapshotReader snapshot, RestoreOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.RevisionBump, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            options.RevisionBump, RestoreOptions.RevisionBumpMax, nameof(options));
        _snapshot = snapshot;
        _options = options;
        _parts = StoreParts.CreateWithoutLog(disk, new StoreOptions());
        _checkpointer = new Checkpointer(_parts, betweenPieces: static () => { });
        _state = new WorkingState(_parts.Pages, _parts.History, StoreState.Empty);
        _feed = new SnapshotFeed(_state, snapshot);
    }

    public RestoreResult Run(CancellationToken cancellationToken)
    {
        RestoreVersions(cancellationToken);
        long leases;
        using (_parts.Epochs.Enter())
        {
            leases = _feed.RestoreLeases();
            Revision compact = _snapshot.ReadCompactRevision();
            // All versions at the end may be gone by compaction; etcd's revision is then the compact one.
            _state.MoveTo(compact > _state.Revision ? compact : _state.Revision);
            _state.CompactRevision = compact.Value;
            Bump();
        }

        StoreState state = EndBatch();
        // Twice, so that either root slot holds the whole: there is no log to bring an older one up to it.
        Checkpoint(state);
        Checkpoint(state);
        return new RestoreResult(
            state.Revision,
            new Revision(state.CompactRevision),
            _feed.Versions,
            leases,
            _snapshot.ReadAuthEnabled());
    }

    public void Dispose() => _parts.Dispose();

    private void RestoreVersions(CancellationToken cancellationToken)
    {
        SnapshotVersions versions = _snapshot.OpenVersions();
        while (RestoreBatch(versions))
        {
            cancellationToken.ThrowIfCancellationRequested();
            StoreState state = EndBatch();
            if (_state.RecordedBytes - _bytesAtCheckpoint >= EngineTuning.Default.CheckpointBytes)
            {
                _bytesAtCheckpoint = _state.RecordedBytes;
                Checkpoint(state);
                _options.Progress?.Report((Math.Min(_state.RecordedBytes, _snapshot.FileBytes), _snapshot.FileBytes));
            }
        }
    }

    /// <summary>False when there was nothing left.</summary>
    private bool RestoreBatch(SnapshotVersions versions)
    {
        using EpochPin pin = _parts.Epochs.Enter();
        int count = 0;
        while (count < VersionsPerBatch && _state.RecordedBytes - _bytesAtBatch < BytesPerBatch && versions.Next())
        {
            _feed.Restore(versions);
            count++;
        }

        _bytesAtBatch = _state.RecordedBytes;
        return count > 0;
    }

    private void Bump()
    {
        if (_options.RevisionBump > 0)
        {
            _state.MoveTo(new Revision(_state.Revision.Value + _options.RevisionBump));
            _state.CompactRevision = _state.Revision.Value;
        }
    }

    private StoreState EndBatch()
    {
        // Index 0: before the first entry of a log that is still empty. A store alone is in term 1.
        StoreState state = _state.Publish(default, new Term(1));
        _parts.Epochs.Collect();
        return state;
    }

    private void Checkpoint(StoreState state)
    {
        _checkpointer.Write(_checkpointer.Begin(state, FrozenSet<int>.Empty));
        _parts.History.Trim();
        _parts.Pages.Evict();
    }
}
