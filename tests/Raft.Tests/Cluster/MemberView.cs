using Keelson.Raft.Log;
using Keelson.Raft.Membership;

namespace Keelson.Raft.Tests.Cluster;

/// <summary>One member as the invariants see it. An entry's term at its index names it.</summary>
internal sealed record MemberView
{
    public required MemberId Id { get; init; }

    public Term Term { get; init; }

    public bool IsLeader { get; init; }

    public LogIndex Committed { get; init; }

    /// <summary>The terms of all entries since the first, those included that are compacted away.</summary>
    public IReadOnlyList<Term> Log { get; init; } = [];

    /// <summary>The same of what survives a crash.</summary>
    public IReadOnlyList<Term> Disk { get; init; } = [];

    /// <summary>How far it has applied.</summary>
    public LogIndex Applied { get; init; }

    public Configuration Configuration { get; init; } = Configuration.Empty;

    public EntryId Last => Log.Count == 0 ? default : new EntryId(new LogIndex(Log.Count), Log[^1]);

    public bool Holds(EntryId entry) =>
        entry.Index.Value <= Log.Count && Log[(int)entry.Index.Value - 1] == entry.Term;

    public bool IsOnDisk(EntryId entry) =>
        entry.Index.Value <= Disk.Count && Disk[(int)entry.Index.Value - 1] == entry.Term;

    /// <summary>Whether both logs are the same up to there.</summary>
    public bool Agrees(MemberView other, LogIndex through)
    {
        int count = (int)through.Value;
        if (Log.Count < count || other.Log.Count < count)
        {
            return false;
        }

        for (int position = 0; position < count; position++)
        {
            if (Log[position] != other.Log[position])
            {
                return false;
            }
        }

        return true;
    }
}
