namespace Keelson.Store.Tree;

/// <summary>
/// Decides where a run of entries is cut into leaves: nowhere if it fits one page; next to the new entry while
/// insertions go on in order, so that the finished side stays full; else between two keys near the middle, or in the
/// middle, by bytes.
/// </summary>
internal readonly ref struct LeafPartition
{
    private readonly LeafSequence _entries;
    private readonly int _bodyBytesMax;
    private readonly List<int> _ends;

    /// <summary>Cuts <paramref name="entries"/>; <paramref name="ends"/> receives the end of each part.</summary>
    public LeafPartition(LeafSequence entries, int bodyBytesMax, List<int> ends)
    {
        _entries = entries;
        _bodyBytesMax = bodyBytesMax;
        _ends = ends;
    }

    public void Cut(bool sequential)
    {
        _ends.Clear();
        int added = _entries.AddedAt;
        int preferred = 0;
        if (added >= 0 && (sequential || _entries.AddedBreaksPrefix))
        {
            preferred = CutBefore(added) ? added : added + 1;
        }

        Cut(0, _entries.Count, preferred);
    }

    // Behind the new entry: the next of a descending run lands left, alone with its like. Before it when it is the
    // last, or the newest of its key behind another key's entries: each later version would copy those as well.
    private bool CutBefore(int added) => added == _entries.Count - 1
        || (added > 0 && !_entries.SameKeyAsBefore(added) && _entries.SameKeyAsBefore(added + 1));

    private void Cut(int from, int to, int preferred)
    {
        if (to - from == 1 || LeafBuilder.Measure(_entries, from, to).BodyBytes <= _bodyBytesMax)
        {
            _ends.Add(to);
            return;
        }

        int middle = preferred > from && preferred < to ? preferred : Middle(from, to);
        Cut(from, middle, 0);
        Cut(middle, to, 0);
    }

    private int Middle(int from, int to)
    {
        int total = 0;
        for (int index = from; index < to; index++)
        {
            total += Weight(index, from);
        }

        int middle = to - 1;
        int left = 0;
        int boundary = 0;
        int boundaryDistance = (total / 4) + 1;
        for (int index = from; index < to - 1; index++)
        {
            int weight = Weight(index, from);
            int distance = Math.Abs((2 * left) - total) / 2;
            if (index > from && distance < boundaryDistance && !_entries.SameKeyAsBefore(index))
            {
                (boundary, boundaryDistance) = (index, distance);
            }

            if (left + (weight / 2) >= total / 2 && index > from)
            {
                middle = Math.Min(middle, index);
            }

            left += weight;
        }

        return boundary > 0 ? boundary : middle;
    }

    private int Weight(int index, int from)
    {
        TreeEntry entry = _entries[index];
        bool newKey = index == from || !_entries.SameKeyAsBefore(index);
        return PageLayout.LeafSlotBytes + LeafCell.Size(entry, entry.Revision.Main)
            + (newKey ? entry.Key.Suffix.Length : 0);
    }
}
