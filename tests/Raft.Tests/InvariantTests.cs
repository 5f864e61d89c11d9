using Keelson.Raft.Membership;
using Keelson.Raft.Tests.Cluster;

namespace Keelson.Raft.Tests;

/// <summary>Each invariant holds where it should, and is seen to be broken where it is.</summary>
public sealed class InvariantTests
{
    [TestCase("1 1 2", 3, "1 1 2", 3, true)]
    [TestCase("1 1 2", 3, "1 1 3", 2, true)]
    [TestCase("1 1 2", 3, "1 1 3", 3, false)]
    public void CommittedLogs_ArePrefixes(string one, int oneThrough, string other, int otherThrough, bool holds) =>
        Judge(
            nameof(RaftInvariants.CommittedLogsArePrefixes), holds,
            () => RaftInvariants.CommittedLogsArePrefixes(
                Member(1, one, committed: oneThrough), Member(2, other, committed: otherThrough)));

    [TestCase(4, 5, true)]
    [TestCase(5, 5, false)]
    public void Leader_IsAloneInItsTerm(long one, long other, bool holds) => Judge(
        nameof(RaftInvariants.OneLeaderATerm), holds,
        () => RaftInvariants.OneLeaderATerm(Leader(1, "", one), Leader(2, "", other)));

    [TestCase("1 3", "1 1 1", true)]
    [TestCase("1 3", "1 3", true)]
    [TestCase("1 3", "1 3 4", true)]
    [TestCase("1 3", "1 3 3", false)]
    public void Leader_HoldsTheLastOfItsTerm(string leader, string other, bool holds) => Judge(
        nameof(RaftInvariants.LeaderHoldsTheLastOfItsTerm), holds,
        () => RaftInvariants.LeaderHoldsTheLastOfItsTerm(Leader(1, leader, 3), Member(2, other)));

    [TestCase("1 2 2", "1 2 3", true)]
    [TestCase("1 2", "3 3 3", true)]
    [TestCase("1 2 3", "1 1 3", false)]
    public void Logs_ThatMeet_AreTheSameBefore(string one, string other, bool holds) => Judge(
        nameof(RaftInvariants.LogsMatch), holds,
        () => RaftInvariants.LogsMatch(Member(1, one), Member(2, other)));

    [TestCase("1 1", "1 1", "1", true)]
    [TestCase("1 1", "1", "1 1", true)]
    [TestCase("1 1", "1", "1", false)]
    public void Committed_IsInEveryQuorum(string leader, string second, string third, bool holds)
    {
        MemberView view = Leader(1, leader, 1) with { Committed = new LogIndex(2) };
        MemberView[] members = [view, Member(2, second), Member(3, third)];
        Judge(
            nameof(RaftInvariants.CommittedIsInEveryQuorum), holds,
            () => RaftInvariants.CommittedIsInEveryQuorum(view, id => members[(int)id.Value - 1]));
    }

    [TestCase("1 2", "1 1 1", 1, true)]
    [TestCase("1 1", "1 1 1", 3, true)]
    [TestCase("1 2", "1 1 1", 2, false)]
    [TestCase("1 1 1", "1 1 1", 3, true)]
    public void Log_ThatWinsVotes_HoldsWhatIsCommitted(string one, string other, int committed, bool holds) => Judge(
        nameof(RaftInvariants.UpToDateLogsHoldWhatIsCommitted), holds,
        () => RaftInvariants.UpToDateLogsHoldWhatIsCommitted(
            Member(1, one), Member(2, other, committed: committed)));

    [TestCase("1 1", 2, true)]
    [TestCase("1", 2, false)]
    [TestCase("1", 1, true)]
    [TestCase("1 2", 3, false)]
    public void Leader_IsComplete(string log, long term, bool holds)
    {
        var one = new Term(1);
        Judge(
            nameof(RaftInvariants.LeaderIsComplete), holds,
            () => RaftInvariants.LeaderIsComplete(Leader(1, log, term), [(one, one), (one, one)]));
    }

    [TestCase("1 1", 2, true)]
    [TestCase("1", 1, true)]
    [TestCase("1", 2, false)]
    public void Applied_IsDurable(string disk, int applied, bool holds) => Judge(
        nameof(RaftInvariants.AppliedIsDurable), holds,
        () => RaftInvariants.AppliedIsDurable(
            Member(1, "1 1") with { Disk = Terms(disk), Applied = new LogIndex(applied) }));

    [TestCase("1 1", "1 1", "1", true)]
    [TestCase("1", "1 1", "1 1", true)]
    [TestCase("1 1", "1", "1", false)]
    public void Committed_IsDurable(string own, string second, string third, bool holds)
    {
        MemberView view = Leader(1, "1 1", 1) with
        {
            Disk = Terms(own),
            Committed = new LogIndex(2),
        };
        MemberView[] members = [view, Member(2, second), Member(3, third)];
        Judge(
            nameof(RaftInvariants.CommittedIsDurable), holds,
            () => RaftInvariants.CommittedIsDurable(view, id => members[(int)id.Value - 1]));
    }

    private static void Judge(string invariant, bool holds, Action check)
    {
        if (holds)
        {
            Assert.That(check, Throws.Nothing);
        }
        else
        {
            Assert.That(
                check,
                Throws.TypeOf<BrokenInvariantException>().With.Property("Invariant").EqualTo(invariant));
        }
    }

    private static MemberView Leader(ulong id, string log, long term) =>
        Member(id, log) with { IsLeader = true, Term = new Term(term) };

    private static MemberView Member(ulong id, string log, int committed = 0) => new()
    {
        Id = new MemberId(id),
        Log = Terms(log),
        Disk = Terms(log),
        Committed = new LogIndex(committed),
        Configuration = Configuration.Of(Enumerable.Range(1, 3).Select(TestCluster.Id)),
    };

    private static Term[] Terms(string log) =>
    [
        .. log.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(term => new Term(long.Parse(term, System.Globalization.CultureInfo.InvariantCulture))),
    ];
}
