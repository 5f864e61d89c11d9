using Keelson.Raft.Log;

namespace Keelson.Raft.Tests.Cluster;

/// <summary>What a member's disk holds: hard state, a state, and the log behind a base.</summary>
internal sealed class DurableImage : IEntryReader
{
    private readonly SortedDictionary<LogIndex, Entry> _log = [];

    public DurableImage(StateImage state)
    {
        State = state;
        LogBase = state;
    }

    public HardState HardState { get; private set; }

    /// <summary>What a restart begins with.</summary>
    public StateImage State { get; private set; }

    /// <summary>What the log begins behind, at or before <see cref="State"/>.</summary>
    public StateImage LogBase { get; private set; }

    public IEnumerable<Entry> Log => _log.Values;

    public bool Holds(EntryId entry) => LogBase.Last.Index >= entry.Index
        || (_log.TryGetValue(entry.Index, out Entry held) && held.Term == entry.Term);

    /// <summary>The terms of all entries since the first, those included that are compacted away.</summary>
    public List<Term> Terms() => [.. LogBase.Applied.Concat(_log.Values).Select(entry => entry.Term)];

    public void Complete(PendingWrite write)
    {
        if (write.Installed is { } installed)
        {
            (State, LogBase) = (installed, installed);
            _log.Clear();
        }

        HardState = write.HardState ?? HardState;
        if (write.Entries.Count > 0)
        {
            foreach (LogIndex index in _log.Keys.Where(index => index >= write.Entries[0].Index).ToList())
            {
                _log.Remove(index);
            }
        }

        foreach (Entry entry in write.Entries)
        {
            _log.Add(entry.Index, entry);
        }
    }

    public void Checkpoint(StateImage state) => State = state;

    public void CompactLog(StateImage state)
    {
        LogBase = state;
        foreach (LogIndex index in _log.Keys.Where(index => index <= state.Last.Index).ToList())
        {
            _log.Remove(index);
        }
    }

    public void Read(LogIndex first, LogIndex last, int bytesMax, ICollection<Entry> entries)
    {
        int bytes = 0;
        for (LogIndex index = first; index <= last; index = index.Next)
        {
            Entry entry = _log[index];
            bytes += entry.Bytes;
            if (entries.Count > 0 && bytes > bytesMax)
            {
                return;
            }

            entries.Add(entry);
        }
    }
}
