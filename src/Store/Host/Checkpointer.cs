using System.Diagnostics;
using Keelson.Base.Identity;
using Keelson.Base.Seams;
using Keelson.Store.Checkpoint;
using Keelson.Store.History;
using Keelson.Store.Mvcc;
using Keelson.Store.Tree;

namespace Keelson.Store.Host;

/// <summary>
/// Writes checkpoints: history → sync → pages → sync → root → sync, in pieces, while batches go on.
/// Afterwards removes the
/// files that neither root names. Runs on the maintenance thread.
/// </summary>
internal sealed class Checkpointer
{
    private readonly IDisk _disk;
    private readonly PageStore _pages;
    private readonly HistoryStore _history;
    private readonly StateMachine _machine;
    private readonly Action _betweenPieces;
    private readonly SegmentFiles _files;
    private readonly IStoreObserver? _observer;
    private IReadOnlyList<RootRecord> _roots;

    /// <param name="parts">The store; its roots are the valid slots, newest first.</param>
    /// <param name="betweenPieces">Called between pieces, for work that must not wait for a whole checkpoint.</param>
    public Checkpointer(StoreParts parts, Action betweenPieces)
    {
        _disk = parts.Disk;
        _pages = parts.Pages;
        _history = parts.History;
        _machine = parts.Machine;
        _roots = parts.Roots;
        _betweenPieces = betweenPieces;
        _files = new SegmentFiles(_disk);
        _observer = parts.Observer;
    }

    /// <summary>The log is needed from behind this entry on: what the older of the two roots has applied.</summary>
    public LogIndex LogNeededAfter => _roots.Count < 2 ? default : _roots[^1].State.AppliedIndex;

    /// <summary>The newest root's applied index; 0 before the first checkpoint. Any thread.</summary>
    public LogIndex CheckpointedIndex
    {
        get
        {
            IReadOnlyList<RootRecord> roots = Volatile.Read(ref _roots);
            return roots.Count == 0 ? default : roots[0].State.AppliedIndex;
        }
    }

    /// <summary>What the last checkpoint wrote; 0 before the first.</summary>
    public long LastWrittenBytes { get; private set; }

    /// <summary>Takes hold of the state; on the apply thread, between batches.</summary>
    /// <param name="state">The published root.</param>
    /// <param name="relocate">Tree segments whose live pages shall move, so that their files can go.</param>
    public CheckpointStart Begin(StoreState state, IReadOnlySet<int> relocate) => new(
        state,
        _history.Position,
        new TreeCheckpoint(
            _pages, [state.Keys, state.Leases, state.LeaseKeys, state.LeaseDeadlines, state.Settings], relocate))
    {
        AppliedRequests = _machine.AppliedRequests,
        RecordedBytes = _machine.RecordedBytes,
    };

    /// <summary>Writes the checkpoint; returns when the new root is durable.</summary>
    public void Write(CheckpointStart start)
    {
        using TreeCheckpoint tree = start.Tree;
        long started = Stopwatch.GetTimestamp();
        long writtenBefore = _files.WrittenBytes;
        HistoryState history = WriteHistory(start.HistoryPosition);
        IReadOnlyList<PageAddress> addresses = WritePages(tree);
        ForgetEmptySegments();
        StoreState state = start.State;
        TreeRoot[] trees = [state.Keys, state.Leases, state.LeaseKeys, state.LeaseDeadlines, state.Settings];
        var root = new RootRecord
        {
            Sequence = _roots.Count == 0 ? 0 : _roots[0].Sequence + 1,
            State = state,
            Trees = [.. addresses.Zip(trees, static (address, tree) =>
                new SavedTree(address, tree.LiveCount, tree.EntryCount))],
            History = HistoryStateCodec.Encode(history),
            TreeSegments = TreeSegment.Encode(_pages.Segments),
        };
        long committing = Stopwatch.GetTimestamp();
        _files.Write(RootSlots.FileName(root.Sequence), 0, root.Encode());
        _files.Sync();
        LastWrittenBytes = _files.WrittenBytes - writtenBefore;
        Volatile.Write(ref _roots, _roots.Count == 0 ? [root] : [root, _roots[0]]);
        _observer?.Checkpointed(Stopwatch.GetElapsedTime(started), Stopwatch.GetElapsedTime(committing));
    }

    /// <summary>
    /// Removes history and tree files that no root names: what an interrupted checkpoint left, or what was replaced.
    /// </summary>
    /// <param name="guarded">Files to keep all the same.</param>
    public void RemoveUnnamedFiles(IEnumerable<string> guarded)
    {
        HashSet<string> named = new(guarded, StringComparer.Ordinal);
        foreach (RootRecord root in _roots)
        {
            named.UnionWith(root.FileNames());
        }

        bool removed = false;
        foreach (string name in _disk.List())
        {
            if (RootRecord.MayName(name) && !named.Contains(name))
            {
                _disk.Delete(name);
                removed = true;
            }
        }

        if (removed)
        {
            _disk.Sync();
        }
    }

    private HistoryState WriteHistory(HistoryPosition position)
    {
        var checkpoint = new HistoryCheckpoint(_history, position);
        while (checkpoint.TryTake(out HistoryWrite write))
        {
            _files.Write(write.FileName, write.Offset, write.Bytes);
            _betweenPieces();
        }

        _files.Sync();
        return checkpoint.Complete();
    }

    private IReadOnlyList<PageAddress> WritePages(TreeCheckpoint checkpoint)
    {
        while (checkpoint.TryTake(out PageWrite write))
        {
            if (!write.Bytes.IsEmpty)
            {
                _files.Write(write.File, write.Offset, write.Bytes.Span);
            }

            _betweenPieces();
        }

        _files.Sync();
        return checkpoint.Complete();
    }

    /// <summary>Tree segments without a live page in both roots; their files go with the next root but one.</summary>
    private void ForgetEmptySegments()
    {
        foreach (TreeSegment segment in _pages.Segments)
        {
            if (segment.LiveBytes == 0 && _roots.All(root => !root.Reaches(segment)))
            {
                _pages.TryForget(segment.Number);
            }
        }
    }
}
