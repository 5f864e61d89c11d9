namespace Keelson.Raft.Log;

/// <summary>
/// The log as consensus sees it: the terms of all entries, the last entries themselves, and how far it is durable,
/// committed and handed out. Entries that are durable may leave memory and are then read back.
/// </summary>
internal sealed class RaftLog(IEntryReader reader)
{
    private readonly TermSpans _terms = new();
    private readonly EntryWindow _window = new();

    /// <summary>Durable entries that were handed out leave memory beyond so many bytes.</summary>
    public required long WindowBytesMax { get; set; }

    /// <summary>Those that were not, beyond so many.</summary>
    public required long BacklogBytesMax { get; init; }

    public EntryId Base => _terms.Base;

    public LogIndex Last => _terms.Last;

    public EntryId LastId => new(Last, _terms.LastTerm);

    public LogIndex Committed { get; private set; }

    /// <summary>Everything up to here survives a crash of this member.</summary>
    public LogIndex Durable { get; private set; }

    /// <summary>Committed entries up to here were handed out.</summary>
    public LogIndex HandedOut { get; private set; }

    /// <summary>
    /// What may be handed out: committed, and durable here, so that a root never runs ahead of its log.
    /// </summary>
    public LogIndex Available => Committed < Durable ? Committed : Durable;

    public Term? TermOf(LogIndex index) => _terms.TermOf(index);

    public bool Holds(EntryId entry) => TermOf(entry.Index) == entry.Term;

    /// <inheritdoc cref="TermSpans.LastAtMost"/>
    public EntryId LastAtMost(LogIndex index, Term term) => _terms.LastAtMost(index, term);

    /// <summary>
    /// Whether a log that ends with <paramref name="other"/> may lead this one (Raft, section 5.4.1).
    /// </summary>
    public bool IsUpToDate(EntryId other) =>
        other.Term > _terms.LastTerm || (other.Term == _terms.LastTerm && other.Index >= Last);

    public void Append(Entry entry)
    {
        _terms.Append(new EntryId(entry.Index, entry.Term));
        _window.Append(entry);
    }

    public void TruncateFrom(LogIndex index)
    {
        Invariant.Require(index > Committed);
        _terms.TruncateFrom(index);
        _window.TruncateFrom(index);
        Durable = index.Previous < Durable ? index.Previous : Durable;
    }

    public void Commit(LogIndex index)
    {
        Invariant.Require(index <= Last);
        Committed = index > Committed ? index : Committed;
    }

    public void BecomeDurable(LogIndex index)
    {
        Invariant.Require(index <= Last);
        Durable = index > Durable ? index : Durable;
        Evict();
    }

    /// <summary>The host needs nothing at or before <paramref name="index"/> any more.</summary>
    public void CompactThrough(LogIndex index)
    {
        Invariant.Require(index <= HandedOut && index <= Durable);
        _terms.CompactThrough(index);
        _window.Evict(index, 0);
    }

    /// <summary>A member begins again: its log is durable, and it has applied so much of it.</summary>
    public void Resume(LogIndex applied)
    {
        Invariant.Require(applied >= Base.Index && applied <= Last);
        Committed = applied;
        HandedOut = applied;
        BecomeDurable(Last);
    }

    /// <summary>Begins anew behind a state that came from elsewhere; it is durable once the host says so.</summary>
    public void Reset(EntryId start)
    {
        _terms.Reset(start);
        _window.Reset(start.Index.Next);
        Committed = start.Index;
        HandedOut = start.Index;
        Durable = default;
    }

    /// <summary>Entries from <paramref name="first"/> on, at least one, of at most so many bytes.</summary>
    public IReadOnlyList<Entry> Read(LogIndex first, LogIndex last, int bytesMax)
    {
        Invariant.Require(first > Base.Index && first <= last && last <= Last);
        var entries = new List<Entry>();
        if (first < _window.First)
        {
            LogIndex end = last < _window.First ? last : _window.First.Previous;
            reader.Read(first, end, bytesMax, entries);
            Invariant.Require(entries.Count > 0 && Holds(new EntryId(entries[0].Index, entries[0].Term)));
            return entries;
        }

        int bytes = 0;
        for (LogIndex index = first; index <= last; index = index.Next)
        {
            Entry entry = _window[index];
            bytes += entry.Bytes;
            if (entries.Count > 0 && bytes > bytesMax)
            {
                break;
            }

            entries.Add(entry);
        }

        return entries;
    }

    /// <summary>The next committed entries, each once.</summary>
    public IReadOnlyList<Entry> TakeCommitted(int bytesMax)
    {
        if (HandedOut >= Available)
        {
            return [];
        }

        IReadOnlyList<Entry> entries = Read(HandedOut.Next, Available, bytesMax);
        HandedOut = entries[^1].Index;
        Evict();
        return entries;
    }

    private void Evict()
    {
        _window.Evict(HandedOut < Durable ? HandedOut : Durable, WindowBytesMax);
        _window.Evict(Durable, Math.Max(WindowBytesMax, BacklogBytesMax));
    }
}
