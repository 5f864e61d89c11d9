using Keelson.Base;

namespace Keelson.Store.History;

/// <summary>Turns the table that a root persists into segments.</summary>
internal static class HistorySegments
{
    public static HistorySegment[] FromState(HistoryState state, HistoryOptions options)
    {
        var segments = new HistorySegment[state.Segments.Length];
        for (int at = 0; at < segments.Length; at++)
        {
            SegmentState row = state.Segments[at];
            segments[at] = new HistorySegment(row.Id, row.First)
            {
                Last = row.Last,
                End = row.End,
                DeadBytes = row.DeadBytes,
                IsClosed = at < segments.Length - 1,
            };
        }

        if (segments.Length > 0)
        {
            Invariant.Require(segments[^1].Id == state.Position.Segment && segments[^1].End == state.Position.Offset);
            var index = new SparseIndex(options.IndexStrideBytes);
            var entries = new SparseIndexView(state.OpenIndex.AsSpan());
            for (int entry = 0; entry < entries.Count; entry++)
            {
                index.Add(entries.Revision(entry), entries.Offset(entry));
            }

            segments[^1].Index = index;
        }

        return segments;
    }
}
