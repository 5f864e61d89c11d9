using Keelson.Base.Identity;
using Keelson.Base.Memory;
using Keelson.Base.Seams;
using Keelson.Store.Checkpoint;
using Keelson.Store.History;
using Keelson.Store.Log;
using Keelson.Store.Mvcc;
using Keelson.Store.Tree;

namespace Keelson.Store.Host;

/// <summary>
/// Reads everything that a start needs, and everything that readers may ask for: both roots, all pages of all trees,
/// every frame of the history, the chain of the log. Changes nothing.
/// </summary>
internal sealed class StoreVerification
{
    private const int FramesPerReport = 100_000;

    private static readonly string[] TreeNames = ["keys", "leases", "lease keys", "lease deadlines", "settings"];

    private readonly IDisk _disk;
    private readonly Action<string> _progress;
    private readonly List<string> _damages = [];

    private StoreVerification(IDisk disk, Action<string> progress)
    {
        _disk = disk;
        _progress = progress;
    }

    /// <summary>Returns what is damaged; nothing when the store is sound.</summary>
    /// <param name="disk">The store's directory.</param>
    /// <param name="progress">Told what was read.</param>
    /// <exception cref="DiskException">The disk failed.</exception>
    public static IReadOnlyList<string> Run(IDisk disk, Action<string> progress)
    {
        var verification = new StoreVerification(disk, progress);
        verification.Verify();
        return verification._damages;
    }

    private void Verify()
    {
        IReadOnlyList<RootRecord> roots = RootSlots.Read(_disk);
        _progress(roots.Count == 0
            ? "roots: none, so all of it is in the log"
            : $"roots: {string.Join(" and ", roots.Select(static root => $"sequence {root.Sequence}"))}");
        for (int slot = 0; slot < roots.Count; slot++)
        {
            // Also the older one: a start falls back to it.
            VerifyRoot(roots[slot]);
        }

        VerifyLog(roots);
    }

    private void VerifyRoot(RootRecord root)
    {
        using var epochs = new EpochGate();
        using var pages = new PageStore(new PageStoreOptions(), epochs, _disk);
        Guard(() => VerifyTrees(root, pages));
        Guard(() =>
        {
            HistoryState state = root.DecodeHistory();
            using var history = new HistoryStore(new HistoryOptions(), epochs, _disk, state);
            VerifyHistory(root, history);
        });
    }

    private void VerifyTrees(RootRecord root, PageStore pages)
    {
        StoreState state = root.OpenTrees(pages);
        TreeRoot[] trees = [state.Keys, state.Leases, state.LeaseKeys, state.LeaseDeadlines, state.Settings];
        for (int tree = 0; tree < trees.Length; tree++)
        {
            string name = $"root {root.Sequence}, {TreeNames[tree]}";
            TreeRoot top = trees[tree];
            Guard(() =>
            {
                using EpochPin pin = pages.Epochs.Enter();
                TreeReport report = TreeVerifier.Verify(pages, top);
                _damages.AddRange(report.Faults.Select(fault => $"{name}: page in frame {fault.Frame}: {fault.Kind}"));
                _progress($"{name}: {report.LeafPages + report.InnerPages} pages, {top.EntryCount} entries");
            });
        }
    }

    /// <summary>After damage it goes on with the next segment, so that the list is whole.</summary>
    private void VerifyHistory(RootRecord root, HistoryStore history)
    {
        long frames = 0;
        HistorySegment[] segments = history.View.Segments;
        var from = new Revision(0);
        while (true)
        {
            try
            {
                frames += ReadFrames(history, from, root, frames);
                break;
            }
            catch (StoreDamageException damage)
            {
                _damages.Add(damage.Message);
                int at = Array.FindIndex(segments, segment => segment.FileName == damage.File);
                if (at < 0 || at + 1 >= segments.Length || segments[at + 1].First.Revision <= from)
                {
                    break;
                }

                from = segments[at + 1].First.Revision;
            }
        }

        _progress($"root {root.Sequence}, history: {frames} frames in {segments.Length} segments");
    }

    private long ReadFrames(HistoryStore history, Revision from, RootRecord root, long before)
    {
        var cursor = new HistoryCursor(history) { IncludeBatchEnds = true };
        cursor.Seek(from);
        long frames = 0;
        bool more = true;
        while (more)
        {
            using (EpochPin pin = history.Epochs.Enter())
            {
                int read = 0;
                while (read < FramesPerReport && (more = cursor.TryNext(history.Position.Revision, out _)))
                {
                    read++;
                }

                frames += read;
            }

            history.Epochs.Collect();
            if (more)
            {
                _progress($"root {root.Sequence}, history: {before + frames} frames so far");
            }
        }

        return frames;
    }

    private void VerifyLog(IReadOnlyList<RootRecord> roots)
    {
        LogIndex newest = roots.Count == 0 ? default : roots[0].State.AppliedIndex;
        LogIndex older = roots.Count == 0 ? default : roots[^1].State.AppliedIndex;
        var scan = new LogScan(_disk, new LogRecoveryPoint(newest, older, Incarnation: 0));
        if (scan.Run() is { } damage)
        {
            _damages.Add(new StoreDamageException(
                damage.File, damage.Offset, damage.Expected, damage.Found).Message);
        }

        _progress(
            $"log: {scan.Chain.Count} segments, entries through {scan.Tail.Index}, the roots have applied {newest}");
    }

    private void Guard(Action verify)
    {
        try
        {
            verify();
        }
        catch (StoreDamageException damage)
        {
            _damages.Add(damage.Message);
        }
    }
}
