namespace Keelson.Store.Requests;

/// <summary>
/// A union of key intervals, asked whether it contains a key. Adding and asking alternate and both are cheap: most
/// intervals lie sorted and disjoint, the last few wait in a short list (125,000 nested operations fit into a request).
/// </summary>
internal sealed class DeletedKeys
{
    private const int WaitingMax = 64;

    private readonly List<Interval> _waiting = [];
    private List<Interval> _sorted = [];

    public bool IsEmpty => _sorted.Count == 0 && _waiting.Count == 0;

    /// <summary>
    /// Adds what a DeleteRangeRequest names. etcd compares range_end "\0" literally here, so a delete to the end
    /// overlaps nothing (etcd 3.5, api/v3rpc/key.go: checkIntervals); so do we.
    /// </summary>
    public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> rangeEnd)
    {
        byte[] start = key.ToArray();
        // A single key is the interval up to its successor.
        byte[] end = rangeEnd.IsEmpty ? [.. start, 0] : rangeEnd.ToArray();
        if (end.AsSpan().SequenceCompareTo(start) > 0)
        {
            Add(new Interval(start, end));
        }
    }

    public void AddAll(DeletedKeys other)
    {
        other._sorted.ForEach(Add);
        other._waiting.ForEach(Add);
    }

    public bool Contains(ReadOnlySpan<byte> key)
    {
        foreach (Interval interval in _waiting)
        {
            if (interval.Contains(key))
            {
                return true;
            }
        }

        int after = FirstStartingAfter(key);
        return after > 0 && _sorted[after - 1].Contains(key);
    }

    private void Add(Interval interval)
    {
        _waiting.Add(interval);
        // In proportion to what is sorted already, so that all merges together stay near linear.
        if (_waiting.Count >= WaitingMax + (int)Math.Sqrt(_sorted.Count))
        {
            Merge();
        }
    }

    private void Merge()
    {
        _waiting.Sort(static (left, right) => left.Start.AsSpan().SequenceCompareTo(right.Start));
        List<Interval> merged = new(_sorted.Count + _waiting.Count);
        int sorted = 0;
        foreach (Interval interval in _waiting)
        {
            while (sorted < _sorted.Count && _sorted[sorted].Start.AsSpan().SequenceCompareTo(interval.Start) <= 0)
            {
                Append(merged, _sorted[sorted++]);
            }

            Append(merged, interval);
        }

        for (; sorted < _sorted.Count; sorted++)
        {
            Append(merged, _sorted[sorted]);
        }

        _sorted = merged;
        _waiting.Clear();
    }

    /// <summary>Intervals come in order of their starts; one that meets the last is joined to it.</summary>
    private static void Append(List<Interval> merged, Interval next)
    {
        if (merged.Count > 0 && merged[^1].End.AsSpan().SequenceCompareTo(next.Start) >= 0)
        {
            Interval last = merged[^1];
            bool reachesFurther = next.End.AsSpan().SequenceCompareTo(last.End) > 0;
            merged[^1] = reachesFurther ? last with { End = next.End } : last;
            return;
        }

        merged.Add(next);
    }

    private int FirstStartingAfter(ReadOnlySpan<byte> key)
    {
        int low = 0;
        int high = _sorted.Count;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            bool isAfter = _sorted[middle].Start.AsSpan().SequenceCompareTo(key) > 0;
            low = isAfter ? low : middle + 1;
            high = isAfter ? middle : high;
        }

        return low;
    }

    private readonly record struct Interval(byte[] Start, byte[] End)
    {
        public bool Contains(ReadOnlySpan<byte> key) =>
            key.SequenceCompareTo(Start) >= 0 && key.SequenceCompareTo(End) < 0;
    }
}
