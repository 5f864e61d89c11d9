using Keelson.Raft.Log;

namespace Keelson.Raft.Tests.Cluster;

/// <summary>
/// The eight invariants of the TLA+ specification that etcd-io/raft keeps beside its code, under what they say; its
/// names are in the comments. Each throws at the first thing that breaks it.
/// </summary>
internal static class RaftInvariants
{
    /// <summary>LogInv: what two members hold for committed agrees as far as both go.</summary>
    public static void CommittedLogsArePrefixes(MemberView one, MemberView other)
    {
        LogIndex both = one.Committed < other.Committed ? one.Committed : other.Committed;
        Require(one.Agrees(other, both), nameof(CommittedLogsArePrefixes), $"{one.Id} and {other.Id} up to {both}");
    }

    /// <summary>MoreThanOneLeaderInv.</summary>
    public static void OneLeaderATerm(MemberView one, MemberView other) => Require(
        !(one.IsLeader && other.IsLeader && one.Term == other.Term && one.Id != other.Id),
        nameof(OneLeaderATerm), $"{one.Id} and {other.Id} lead term {one.Term}");

    /// <summary>ElectionSafetyInv: nobody has an entry of a leader's term that the leader does not have.</summary>
    public static void LeaderHoldsTheLastOfItsTerm(MemberView leader, MemberView other)
    {
        if (!leader.IsLeader)
        {
            return;
        }

        for (int position = other.Log.Count - 1; position >= leader.Log.Count; position--)
        {
            Require(
                other.Log[position] != leader.Term,
                nameof(LeaderHoldsTheLastOfItsTerm), $"{other.Id} has {position + 1}@{leader.Term}, {leader.Id} not");
        }
    }

    /// <summary>LogMatchingInv: where two logs hold the same entry, they are the same up to it.</summary>
    public static void LogsMatch(MemberView one, MemberView other)
    {
        int position = Math.Min(one.Log.Count, other.Log.Count) - 1;
        while (position >= 0 && one.Log[position] != other.Log[position])
        {
            position--;
        }

        Require(
            one.Agrees(other, new LogIndex(position + 1)),
            nameof(LogsMatch), $"{one.Id} and {other.Id} both have {position + 1}, and differ before");
    }

    /// <summary>QuorumLogInv: no quorum could elect without what a leader has committed.</summary>
    public static void CommittedIsInEveryQuorum(MemberView leader, Func<MemberId, MemberView> members)
    {
        if (!leader.IsLeader || leader.Committed.Value == 0)
        {
            return;
        }

        EntryId entry = Name(leader, leader.Committed);
        bool? without = leader.Configuration.Decide(member => !members(member).IsOnDisk(entry));
        Require(
            without != true, nameof(CommittedIsInEveryQuorum), $"a quorum of {leader.Configuration} lacks {entry}");
    }

    /// <summary>MoreUpToDateCorrectInv: whoever would get a member's vote has what that holds for committed.</summary>
    public static void UpToDateLogsHoldWhatIsCommitted(MemberView one, MemberView other)
    {
        bool isUpToDate = one.Last.Term > other.Last.Term
            || (one.Last.Term == other.Last.Term && one.Last.Index >= other.Last.Index);
        Require(
            !isUpToDate || one.Agrees(other, other.Committed),
            nameof(UpToDateLogsHoldWhatIsCommitted), $"{one.Id} lacks what {other.Id} holds for committed");
    }

    /// <summary>
    /// LeaderCompletenessInv: a leader has everything that was committed in a term before its own.
    /// </summary>
    /// <param name="leader">Nothing is checked of others.</param>
    /// <param name="committed">Every committed entry, and a term in which it was, or a later one.</param>
    public static void LeaderIsComplete(MemberView leader, IReadOnlyList<(Term Entry, Term In)> committed)
    {
        for (int position = 0; leader.IsLeader && position < committed.Count; position++)
        {
            var entry = new EntryId(new LogIndex(position + 1), committed[position].Entry);
            Require(
                committed[position].In >= leader.Term || leader.Holds(entry),
                nameof(LeaderIsComplete), $"{leader.Id} leads term {leader.Term} without {entry}");
        }
    }

    /// <summary>
    /// CommittedIsDurableInv: what a leader has committed in its term is on the disks of a quorum. The specification
    /// has it on the leader's own disk too; here a leader counts itself when its write is done and may commit before
    /// by others' disks: hence <see cref="AppliedIsDurable"/>. To be asked when a leader commits, because a change of
    /// the cluster brings in members that hold nothing yet.
    /// </summary>
    public static void CommittedIsDurable(MemberView member, Func<MemberId, MemberView> members)
    {
        bool isOwn = member.IsLeader && member.Committed.Value > 0
            && Name(member, member.Committed).Term == member.Term;
        if (isOwn)
        {
            EntryId entry = Name(member, member.Committed);
            bool? agreed = member.Configuration.Decide(each => members(each).IsOnDisk(entry));
            Require(agreed == true, nameof(CommittedIsDurable), $"{entry} is not on the disks of a quorum");
        }
    }

    /// <summary>Nobody applies what is not on its own disk.</summary>
    public static void AppliedIsDurable(MemberView member) => Require(
        member.Applied.Value <= member.Disk.Count, nameof(AppliedIsDurable),
        $"{member.Id} has applied {member.Applied}, its disk ends at {member.Disk.Count}");

    private static EntryId Name(MemberView member, LogIndex index) =>
        new(index, member.Log[(int)index.Value - 1]);

    private static void Require(bool holds, string invariant, string what)
    {
        if (!holds)
        {
            throw new BrokenInvariantException(invariant, what);
        }
    }
}
