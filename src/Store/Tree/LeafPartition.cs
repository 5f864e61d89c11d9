namespace Keelson.Store.Tree;

/// <summary>
/// Decides where a run of entries is cut into leaves: nowhere if it fits one page; next to the new entry while
/// insertions go on in order, so that the finished side stays full; else in the middle, by bytes.
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
            // After the new entry unless it is the last: the next of a descending run lands left, alone with its like.
            preferred = added == _entries.Count - 1 ? added : added + 1;
        }

        Cut(0, _entries.Count, preferred);
    }

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

        int sum = 0;
        for (int index = from; index < to - 1; index++)
        {
            int weight = Weight(index, from);
            if (sum + (weight / 2) >= total / 2 && index > from)
            {
                return index;
            }

            sum += weight;
        }

        return to - 1;
    }

    private int Weight(int index, int from)
    {
        TreeEntry entry = _entries[index];
        bool newKey = index == from || !_entries.SameKeyAsBefore(index);
        return PageLayout.LeafSlotBytes + LeafCell.Size(entry, entry.Revision.Main)
            + (newKey ? entry.Key.Suffix.Length : 0);
    }
}
