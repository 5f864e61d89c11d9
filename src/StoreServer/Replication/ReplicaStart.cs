using Keelson.Base.Identity;
using Keelson.Raft;
using Keelson.Raft.Log;
using Keelson.Store.Checkpoint;
using Keelson.Store.Host;
using Keelson.Store.Log;
using Keelson.Store.Mvcc;

namespace Keelson.StoreServer.Replication;

/// <summary>What a member's directory tells consensus when it begins again.</summary>
internal sealed class ReplicaStart
{
    private readonly StoreParts _parts;
    private readonly LogPlaces _places;

    public ReplicaStart(ReplicaOptions options, StoreParts parts, LogPlaces places)
    {
        _parts = parts;
        _places = places;
        StoreState state = parts.State;
        var setting = ConfigurationSetting.Read(parts, options.Bootstrap);
        EntryId start = BaseOf(parts, setting, options.Self);
        places.Clear(start.Index.Next);
        Raft = new RaftStart(
            FindHardState(parts), start, setting.Configuration, state.AppliedIndex, ReadTail(start.Index));
    }

    public RaftStart Raft { get; }

    /// <summary>Cluster time of the last batch of the log, once that was read; 0 without one.</summary>
    public long LastTimeMilliseconds { get; private set; }

    /// <summary>
    /// A store that was alone before has entries and no vote, one that was restored has a state and no entries: both
    /// begin in the term that they name, in which they have voted for nobody.
    /// </summary>
    private static Raft.Log.HardState FindHardState(StoreParts parts)
    {
        Store.Log.HardState known = parts.Recovered.HardState;
        Term seen = new[] { parts.Recovered.LastTerm, parts.State.AppliedTerm }.Max();
        return seen > known.Term
            ? new Raft.Log.HardState(seen, default)
            : new Raft.Log.HardState(known.Term, known.Vote);
    }

    /// <summary>
    /// As far back as the log is kept, so that members which are a little behind need no more than it: from the older
    /// root's state on, if the configuration has not changed since then. Nobody is behind a member that decides alone:
    /// what it has replayed is not read a second time.
    /// </summary>
    private static EntryId BaseOf(StoreParts parts, ConfigurationSetting setting, MemberId self)
    {
        StoreState state = parts.State;
        if (parts.Roots.Count == 2 && !setting.Configuration.IsAlone(self))
        {
            RootRecord older = parts.Roots[1];
            if (setting.Since <= older.State.AppliedIndex)
            {
                return new EntryId(older.State.AppliedIndex, older.State.AppliedTerm);
            }
        }

        return new EntryId(state.AppliedIndex, state.AppliedTerm);
    }

    private IEnumerable<Entry> ReadTail(LogIndex after)
    {
        using LogReplay replay = _parts.Recovered.Replay(after);
        while (TryReadNext(replay, out Entry entry))
        {
            yield return entry;
        }
    }

    private bool TryReadNext(LogReplay replay, out Entry entry)
    {
        entry = default;
        if (!replay.TryReadNext(out LogEntryView view))
        {
            return false;
        }

        entry = LogEntryReader.ToEntry(new EntryId(view.Index, view.Term), view.IsConfiguration, view.Payload);
        _places.Add(view.Index, view.Place);
        if (!view.IsConfiguration && !view.Payload.IsEmpty)
        {
            LastTimeMilliseconds = new BatchReader(view.Payload).ClusterTimeMilliseconds;
        }

        return true;
    }
}
