using System.Collections.Immutable;
using Keelson.Base;
using Keelson.Base.Identity;

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

    /// <summary>The table as of a batch boundary; the segment in which that lies counts as open.</summary>
    public static HistoryState ToState(HistoryView view, HistoryPosition position, ulong nextSegment)
    {
        ImmutableArray<SegmentState>.Builder rows = ImmutableArray.CreateBuilder<SegmentState>();
        foreach (HistorySegment segment in view.Segments)
        {
            bool isOpen = segment.Id == position.Segment;
            if (position.Segment == 0)
            {
                break;
            }

            int end = isOpen ? position.Offset : segment.End;
            Revision last = isOpen ? position.Revision : segment.Last;
            long dead = Math.Min(segment.DeadBytes, end - HistorySegmentLayout.HeaderBytes);
            rows.Add(new SegmentState(segment.Id, segment.First, last, end, dead));
            nextSegment = Math.Max(nextSegment, segment.Id + 1);
            if (isOpen)
            {
                Invariant.Require(segment.Index is not null);
                return new HistoryState
                {
                    Segments = rows.DrainToImmutable(),
                    OpenIndex = [.. segment.Index.UpTo(end).Bytes],
                    Position = position,
                    NextSegment = nextSegment,
                };
            }
        }

        Invariant.Require(rows.Count == 0);
        return HistoryState.Empty with { Position = position, NextSegment = nextSegment };
    }
}
