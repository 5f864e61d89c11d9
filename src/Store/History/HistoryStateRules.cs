using Keelson.Base.Identity;

namespace Keelson.Store.History;

/// <summary>The facts about a <see cref="HistoryState"/> that readers and the owner rely on.</summary>
internal static class HistoryStateRules
{
    public static bool Hold(HistoryState state)
    {
        var ids = new HashSet<ulong>();
        ChangeRevision last = default;
        foreach (SegmentState segment in state.Segments)
        {
            bool isPlausible = segment.Id > 0 && segment.Id < state.NextSegment && ids.Add(segment.Id)
                && segment.First.Revision >= last.Revision && segment.Last >= segment.First.Revision
                && segment.End is > HistorySegmentLayout.HeaderBytes and <= HistorySegmentLayout.EndMax
                && segment.DeadBytes >= 0 && segment.DeadBytes <= segment.End;
            if (!isPlausible)
            {
                return false;
            }

            last = new ChangeRevision(segment.Last.Value, 0);
        }

        return state.Segments.IsEmpty ? IsStart(state) : IsOpen(state, state.Segments[^1]);
    }

    private static bool IsStart(HistoryState state) =>
        state is { NextSegment: > 0, OpenIndex.IsEmpty: true, Position: { Segment: 0, Offset: 0 } };

    private static bool IsOpen(HistoryState state, SegmentState open)
    {
        HistoryPosition position = state.Position;
        var index = new SparseIndexView(state.OpenIndex.AsSpan());
        bool isOpen = position.Segment == open.Id && position.Offset == open.End && position.Revision == open.Last
            && index.Count > 0 && index.Offset(0) == HistorySegmentLayout.HeaderBytes
            && index.Offset(index.Count - 1) < open.End;
        // Offsets rise by construction of the decoder; revisions may stand still between batch ends.
        for (int entry = 1; isOpen && entry < index.Count; entry++)
        {
            isOpen = index.Revision(entry) >= index.Revision(entry - 1);
        }

        return isOpen;
    }
}
