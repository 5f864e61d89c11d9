using Keelson.Raft.Log;
using Keelson.Raft.Messages;
using Keelson.Raft.Tests.Cluster;

namespace Keelson.Raft.Tests;

/// <summary>Who leads, and what it takes. The numbers are those of docs/raft.md.</summary>
public sealed class ElectionTests
{
    [Test]
    public void Point01_VoteIsAnswered_OnlyWhenTermAndVoteAreDurable()
    {
        var cluster = new TestCluster(1, 3, 3);
        cluster.Inject(Ask(MessageKind.Vote, 2, 1, term: 5));
        Assert.That(cluster.Take(MessageKind.VoteResponse), Is.Empty);
        cluster.FinishWrite(cluster[1]);
        Assert.That(cluster.Take(MessageKind.VoteResponse).Single().Rejected, Is.False);
        Assert.That(cluster[1].Disk.HardState, Is.EqualTo(new HardState(new Term(5), TestCluster.Id(2))));
    }

    [Test]
    public void Point01_PreVote_PersistsNothingAndChangesNoTerm()
    {
        var cluster = new TestCluster(1, 3, 3);
        cluster.Inject(Ask(MessageKind.PreVote, 2, 1, term: 5));
        Assert.That(cluster.Take(MessageKind.PreVoteResponse).Single().Rejected, Is.False);
        Assert.That(cluster[1].Writes, Is.Empty);
        Assert.That(cluster[1].Core.Term, Is.EqualTo(new Term(0)));
    }

    /// <summary>
    /// A candidate whose own vote is not durable could forget it and vote for another one in the term.
    /// </summary>
    [Test]
    public void Point01_OwnVote_CountsWhenDurable()
    {
        var cluster = new TestCluster(1, 1, 1);
        for (int tick = 0; tick < 25; tick++)
        {
            cluster.Tick(cluster[1]);
        }

        Assert.That(cluster[1].Core.Role, Is.EqualTo(RaftRole.Candidate));
        cluster.Settle();
        Assert.That(cluster[1].Core.Role, Is.EqualTo(RaftRole.Leader));
    }

    [Test]
    public void Vote_SecondCandidateOfTheTerm_IsRefused()
    {
        var cluster = new TestCluster(1, 3, 3);
        cluster.Inject(Ask(MessageKind.Vote, 2, 1, term: 5));
        cluster.Inject(Ask(MessageKind.Vote, 3, 1, term: 5));
        cluster.Inject(Ask(MessageKind.Vote, 2, 1, term: 5));
        cluster.FinishWrite(cluster[1]);
        Assert.That(
            cluster.Take(MessageKind.VoteResponse).Select(each => (each.To.Value, each.Rejected)),
            Is.EqualTo(new[] { (2UL, false), (3UL, true), (2UL, false) }));
    }

    /// <summary>Raft, section 5.4.1: the later term counts first, then the length.</summary>
    [TestCase(1, 9, false)]
    [TestCase(2, 1, false)]
    [TestCase(2, 2, true)]
    [TestCase(3, 1, true)]
    public void Vote_CandidateWithLessLog_IsRefused(int lastTerm, int lastIndex, bool granted)
    {
        var cluster = new TestCluster(1, 3, 3);
        cluster.Inject(Appends.From(2, 1, term: 2, default, 2, 2));
        Message ask = Ask(MessageKind.Vote, 3, 1, term: 9) with
        {
            Previous = new EntryId(new LogIndex(lastIndex), new Term(lastTerm)),
            Forced = true,
        };
        cluster.Inject(ask);
        cluster.FinishWrite(cluster[1]);
        cluster.FinishWrite(cluster[1]);
        Assert.That(cluster.Take(MessageKind.VoteResponse).Single().Rejected, Is.EqualTo(!granted));
    }

    [Test]
    public void Point19_MemberThatWasCutOff_DisturbsNobodyWhenItReturns()
    {
        var cluster = new TestCluster(7, 3, 3);
        TestMember leader = cluster.Elect();
        TestMember away = cluster.Members.First(member => member != leader);
        Term term = leader.Core.Term;
        cluster.Isolate(away.Id);
        Pass(cluster, 100);
        cluster.Heal();
        Pass(cluster, 100);
        Assert.That(cluster.Members.Select(member => member.Core.Term), Is.All.EqualTo(term));
        Assert.That(cluster.Leader, Is.EqualTo(leader));
    }

    [Test]
    public void Point19_LeaderWithoutQuorum_StepsDownWithinTwoElectionTimes()
    {
        var cluster = new TestCluster(7, 3, 3);
        TestMember leader = cluster.Elect();
        cluster.Isolate(leader.Id);
        for (int tick = 0; tick < 20; tick++)
        {
            cluster.Tick(leader);
        }

        Assert.That(leader.Core.Role, Is.Not.EqualTo(RaftRole.Leader));
    }

    /// <summary>The member sees messages of an older term only; without an answer both would wait for ever.</summary>
    [Test]
    public void Point20_MemberAtAHigherTerm_MakesTheLeaderStepDownOnce()
    {
        var cluster = new TestCluster(7, 3, 3);
        TestMember leader = cluster.Elect();
        TestMember stuck = cluster.Members.First(member => member != leader);
        stuck.Core.Step(Ask(MessageKind.Vote, leader.Id.Value, stuck.Id.Value, term: 40) with { Forced = true });
        cluster.Run(stuck);
        cluster.Settle();
        Assert.That(stuck.Core.Term, Is.EqualTo(new Term(40)));
        cluster.RunUntil(() => cluster.Leader is { } now && now.Core.Term.Value > 40
            && cluster.Members.TrueForAll(member => member.Core.Leader == now.Id));
    }

    [Test]
    public void Point21_ElectionTime_IsDrawnAnewEachTime()
    {
        var cluster = new TestCluster(3, 3, 3);
        cluster.Isolate(TestCluster.Id(1));
        var gaps = new HashSet<int>();
        int gap = 0;
        for (int tick = 0; tick < 400; tick++)
        {
            cluster.Tick(cluster[1]);
            gap++;
            if (cluster.Take(MessageKind.PreVote).Count > 0)
            {
                gaps.Add(gap);
                gap = 0;
            }
        }

        Assert.That(gaps, Has.Count.GreaterThan(3));
        Assert.That(gaps, Is.All.InRange(10, 19));
    }

    [Test]
    public void Point21_ReluctantMember_LeadsOnlyWhenNobodyElseDoes()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var cluster = new TestCluster(
                seed, 3, 3, id => new RaftOptions { Self = id, ReluctanceTicks = id.Value == 1 ? 20 : 0 });
            Assert.That(cluster.Elect().Id.Value, Is.Not.EqualTo(1));
        }

        var pair = new TestCluster(1, 2, 2, id => new RaftOptions { Self = id, ReluctanceTicks = 20 });
        Assert.That(pair.Elect(), Is.Not.Null);
    }

    [Test]
    public void Point24_ClocksThatRunApart_AreNoMatterOfSafety()
    {
        for (ulong seed = 1; seed <= 30; seed++)
        {
            var cluster = new TestCluster(seed, 3, 3);
            for (int tick = 0; tick < 300; tick++)
            {
                // The first member's clock is nine times as fast as the last one's.
                for (int number = 1; number <= 3; number++)
                {
                    if (tick % (number * number) == 0)
                    {
                        cluster.Tick(cluster[number]);
                    }
                }

                cluster.Leader?.Core.Propose(cluster.Leader.Core.Term, new byte[1], out _);
                cluster.Settle();
            }

            Assert.That(cluster.Checker.Committed, Has.Count.GreaterThan(50));
        }
    }

    private static void Pass(TestCluster cluster, int ticks)
    {
        for (int tick = 0; tick < ticks; tick++)
        {
            cluster.Members.ForEach(cluster.Tick);
            cluster.Settle();
        }
    }

    private static Message Ask(MessageKind kind, ulong from, ulong to, long term) =>
        new() { Kind = kind, From = new MemberId(from), To = new MemberId(to), Term = new Term(term) };
}
