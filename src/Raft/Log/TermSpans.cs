namespace Keelson.Raft.Log;

/// <summary>
/// The term of every entry of the log, as the first index of each term: a log has as many spans as it saw leaders, so
/// they stay in memory however long the log is.
/// </summary>
internal sealed class TermSpans
{
    private readonly List<EntryId> _spans = [];

    /// <summary>What the log begins behind; its term is known, its payload need not be there.</summary>
    public EntryId Base { get; private set; }

    public LogIndex Last { get; private set; }

    public Term LastTerm => _spans.Count > 0 ? _spans[^1].Term : Base.Term;

    /// <summary>Null outside <see cref="Base"/> to <see cref="Last"/>.</summary>
    public Term? TermOf(LogIndex index)
    {
        if (index < Base.Index || index > Last)
        {
            return null;
        }

        int span = FindSpan(index);
        return span < 0 ? Base.Term : _spans[span].Term;
    }

    /// <summary>
    /// The last entry at or before <paramref name="index"/> whose term is at most <paramref name="term"/>, not before
    /// the base: what leader and follower skip over while they look for where their logs agree.
    /// </summary>
    public EntryId LastAtMost(LogIndex index, Term term)
    {
        LogIndex at = index < Last ? index : Last;
        for (int span = FindSpan(at); span >= 0; span--)
        {
            if (_spans[span].Term <= term)
            {
                return new EntryId(at, _spans[span].Term);
            }

            at = _spans[span].Index.Previous;
        }

        return Base;
    }

    public void Append(EntryId entry)
    {
        Invariant.Require(entry.Index == Last.Next && entry.Term >= LastTerm);
        if (_spans.Count == 0 || entry.Term > _spans[^1].Term)
        {
            _spans.Add(entry);
        }

        Last = entry.Index;
    }

    public void TruncateFrom(LogIndex index)
    {
        Invariant.Require(index > Base.Index);
        _spans.RemoveAll(span => span.Index >= index);
        Last = index.Previous < Last ? index.Previous : Last;
    }

    /// <summary>Forgets what is at or before <paramref name="index"/>, except its term.</summary>
    public void CompactThrough(LogIndex index)
    {
        Invariant.Require(index <= Last);
        if (index <= Base.Index)
        {
            return;
        }

        Term term = TermOf(index)!.Value;
        int span = FindSpan(index);
        _spans.RemoveRange(0, span);
        _spans[0] = new EntryId(index.Next, _spans[0].Term);
        if (_spans[0].Index > Last || (_spans.Count > 1 && _spans[1].Index == index.Next))
        {
            _spans.RemoveAt(0);
        }

        Base = new EntryId(index, term);
    }

    /// <summary>Begins anew behind an entry that this log may never have held.</summary>
    public void Reset(EntryId start)
    {
        _spans.Clear();
        Base = start;
        Last = start.Index;
    }

    // The span that holds the index; -1 for the base.
    private int FindSpan(LogIndex index)
    {
        int low = 0;
        int high = _spans.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_spans[middle].Index <= index)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low - 1;
    }
}
