namespace Keelson.Raft.Log;

/// <summary>The last entries of the log, in memory and without a gap.</summary>
internal sealed class EntryWindow
{
    private readonly List<Entry> _entries = [];
    private int _evicted;

    public long Bytes { get; private set; }

    public int Count => _entries.Count - _evicted;

    /// <summary>The first one's; where the next one will be when there is none.</summary>
    public LogIndex First { get; private set; } = new(1);

    public LogIndex Last => new(First.Value + Count - 1);

    public Entry this[LogIndex index] => _entries[checked((int)(index.Value - First.Value)) + _evicted];

    public void Append(Entry entry)
    {
        Invariant.Require(entry.Index == Last.Next);
        _entries.Add(entry);
        Bytes += entry.Bytes;
    }

    public void TruncateFrom(LogIndex index)
    {
        while (Count > 0 && Last >= index)
        {
            Bytes -= _entries[^1].Bytes;
            _entries.RemoveAt(_entries.Count - 1);
        }

        if (Count == 0)
        {
            Reset(index < First ? index : First);
        }
    }

    /// <summary>Drops the oldest entries at or before <paramref name="last"/> while there are too many bytes.</summary>
    public void Evict(LogIndex last, long bytesMax)
    {
        while (Count > 0 && First <= last && Bytes > bytesMax)
        {
            Bytes -= _entries[_evicted].Bytes;
            _entries[_evicted] = default;
            _evicted++;
            First = First.Next;
        }

        // Moving the rest costs as much as what was dropped.
        if (_evicted > _entries.Count / 2)
        {
            _entries.RemoveRange(0, _evicted);
            _evicted = 0;
        }
    }

    public void Reset(LogIndex next)
    {
        _entries.Clear();
        _evicted = 0;
        Bytes = 0;
        First = next;
    }
}
