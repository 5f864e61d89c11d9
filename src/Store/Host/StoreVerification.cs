using Keelson.Base;
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
/// every frame of the history, the chain of the log; and compares the history with its own hashes and with the tree.
/// Changes nothing.
/// </summary>
/// <remarks>
/// What it cannot tell: values of versions that stand behind a gap which reclaim left (no hash leads there; each
/// frame's checksum is checked all the same), and frames below the compact revision without an entry: those are dead.
/// </remarks>
internal sealed class StoreVerification
{
    private const int FramesPerReport = 100_000;
    private const int LeavesPerEviction = 1024;

    private static readonly string[] TreeNames = ["keys", "leases", "lease keys", "lease deadlines", "settings"];

    private readonly IDisk _disk;
    private readonly Action<string> _progress;
    private readonly int _sliceEntries;
    private readonly List<string> _damages = [];

    private StoreVerification(IDisk disk, Action<string> progress, int sliceEntries)
    {
        _disk = disk;
        _progress = progress;
        _sliceEntries = sliceEntries;
    }

    /// <summary>Returns what is damaged; nothing when the store is sound.</summary>
    /// <param name="disk">The store's directory.</param>
    /// <param name="progress">Told what was read.</param>
    /// <param name="sliceEntries">Entries of the tree that are compared at a time: what bounds the memory.</param>
    /// <exception cref="DiskException">The disk failed.</exception>
    public static IReadOnlyList<string> Run(
        IDisk disk, Action<string> progress, int sliceEntries = TreeHistoryComparison.SliceEntriesDefault)
    {
        var verification = new StoreVerification(disk, progress, sliceEntries);
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
        int damages = _damages.Count;
        StoreState? state = null;
        Guard(() =>
        {
            state = root.OpenTrees(pages);
            VerifyTrees(root, pages, state);
        });
        Guard(() =>
        {
            using var history = new HistoryStore(new HistoryOptions(), epochs, _disk, root.DecodeHistory());
            VerifyHistory(root, history);
            if (state is not null && _damages.Count == damages)
            {
                Compare(root, state, pages, history);
            }
            else
            {
                _progress($"root {root.Sequence}: damaged, so tree and history are not compared");
            }
        });
    }

    private void Compare(RootRecord root, StoreState state, PageStore pages, HistoryStore history)
    {
        string name = $"root {root.Sequence}, keys and history";
        var comparison = new TreeHistoryComparison(
            pages, history, state, fault => _damages.Add($"{name}: {fault}"), _sliceEntries);
        comparison.Run(line => _progress($"{name}: {line}"));
    }

    private void VerifyTrees(RootRecord root, PageStore pages, StoreState state)
    {
        int leaves = 0;
        TreeRoot[] trees = [state.Keys, state.Leases, state.LeaseKeys, state.LeaseDeadlines, state.Settings];
        for (int tree = 0; tree < trees.Length; tree++)
        {
            string name = $"root {root.Sequence}, {TreeNames[tree]}";
            TreeRoot top = trees[tree];
            Guard(() =>
            {
                // Nobody else is here, so pages may be dropped without a pin, and memory stays bounded.
                TreeReport report = TreeVerifier.Verify(pages, top, () =>
                {
                    if (++leaves % LeavesPerEviction == 0)
                    {
                        pages.Evict();
                    }
                });
                _damages.AddRange(report.Faults.Select(fault => $"{name}: page in frame {fault.Frame}: {fault.Kind}"));
                _progress($"{name}: {report.LeafPages + report.InnerPages} pages, {top.EntryCount} entries");
            });
        }
    }

    /// <summary>After damage it goes on with the next segment, so that the list is whole.</summary>
    private void VerifyHistory(RootRecord root, HistoryStore history)
    {
        long frames = 0;
        var chain = new HistoryChain();
        HistorySegment[] segments = history.View.Segments;
        var from = new Revision(0);
        while (true)
        {
            try
            {
                frames += ReadFrames(history, from, root, chain);
                VerifyChainEnd(root, chain);
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
                chain.Break();
            }
        }

        _progress($"root {root.Sequence}, history: {frames} frames in {segments.Length} segments; "
            + $"{chain.Checked} batches of the chain computed, {chain.Skipped} behind a gap");
    }

    /// <summary>The root says what the chain must end with.</summary>
    private void VerifyChainEnd(RootRecord root, HistoryChain chain)
    {
        StoreState state = root.State;
        if (chain.Last is { } last && (last.Index != state.AppliedIndex || last.ChainHash != state.ChainHash))
        {
            _damages.Add($"root {root.Sequence}: expected a history that ends with entry {state.AppliedIndex} and "
                + $"chain hash {state.ChainHash:x16}, found entry {last.Index} and {last.ChainHash:x16}");
        }
    }

    private long ReadFrames(HistoryStore history, Revision from, RootRecord root, HistoryChain chain)
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
                while (read < FramesPerReport
                    && (more = cursor.TryNext(history.Position.Revision, out HistoryFrame frame)))
                {
                    Chain(chain, frame, cursor.Segment);
                    read++;
                }

                frames += read;
            }

            history.Epochs.Collect();
            if (more)
            {
                _progress($"root {root.Sequence}, history: {chain.Checked + chain.Skipped} batches so far");
            }
        }

        return frames;
    }

    private void Chain(HistoryChain chain, HistoryFrame frame, HistorySegment? segment)
    {
        Invariant.Require(segment is not null);
        if (chain.Add(frame, segment) is { } fault)
        {
            _damages.Add($"{segment.FileName}: {fault}");
        }
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
