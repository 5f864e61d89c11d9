using Keelson.Base.Seams;
using Keelson.Store.Checkpoint;
using Keelson.Store.History;
using Keelson.Store.Log;
using Keelson.Store.Mvcc;
using Keelson.Store.Tree;

namespace Keelson.Store.Host;

/// <summary>
/// What a store's directory says of itself, for people: roots, segments, sizes, revisions. Changes nothing.
/// </summary>
internal static class StoreInspection
{
    /// <summary>Lines of text.</summary>
    /// <exception cref="StoreDamageException">A root of another version.</exception>
    /// <exception cref="DiskException">The disk failed.</exception>
    public static IEnumerable<string> Describe(IDisk disk)
    {
        IReadOnlyList<RootRecord> roots = RootSlots.Read(disk);
        if (roots.Count == 0)
        {
            yield return "no root: everything is in the log";
        }

        foreach (string line in roots.SelectMany(DescribeRoot))
        {
            yield return line;
        }

        if (roots.Count > 0)
        {
            foreach (string line in DescribeSegments(roots[0]))
            {
                yield return line;
            }
        }

        yield return "files";
        foreach (string name in disk.List())
        {
            using IDiskFile file = disk.Open(name, DiskOpenMode.Existing);
            yield return $"  {name}  {file.Length} bytes{(LogSegmentName.TryParse(name, out _) ? ", log" : "")}";
        }
    }

    private static IEnumerable<string> DescribeRoot(RootRecord root)
    {
        StoreState state = root.State;
        yield return $"root {root.Sequence} ({RootSlots.FileName(root.Sequence)})";
        yield return $"  revision {state.Revision}, compact revision {state.CompactRevision}";
        yield return $"  applied index {state.AppliedIndex}, term {state.AppliedTerm}";
        yield return $"  cluster time {state.ClusterTimeMilliseconds} ms, chain hash {state.ChainHash:x16}";
        yield return $"  alarms {state.Alarms}";
        SavedTree keys = root.Trees[0];
        yield return $"  keys {keys.LiveCount}, versions {keys.EntryCount}, leases {root.Trees[1].EntryCount}, "
            + $"keys with a lease {root.Trees[2].EntryCount}";
    }

    private static IEnumerable<string> DescribeSegments(RootRecord root)
    {
        HistoryState history = root.DecodeHistory();
        yield return $"history of root {root.Sequence}: {history.Segments.Length} segments";
        foreach (SegmentState segment in history.Segments)
        {
            yield return $"  {HistorySegmentLayout.FileName(segment.Id)}  revisions {segment.First} to {segment.Last}, "
                + $"{segment.End} bytes, {segment.DeadBytes} dead";
        }

        IReadOnlyList<TreeSegment> trees = root.DecodeTreeSegments();
        yield return $"trees of root {root.Sequence}: {trees.Count} segments";
        foreach (TreeSegment segment in trees)
        {
            yield return $"  {segment.FileName}  {segment.Bytes} bytes, {segment.LiveBytes} alive";
        }
    }
}
