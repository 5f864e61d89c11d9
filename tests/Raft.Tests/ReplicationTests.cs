using Keelson.Raft.Log;
using Keelson.Raft.Messages;
using Keelson.Raft.Replication;
using Keelson.Raft.Tests.Cluster;
using static Keelson.Raft.Tests.Cluster.Appends;

namespace Keelson.Raft.Tests;

/// <summary>How the log grows and what counts as committed. The numbers are those of docs/raft.md.</summary>
public sealed class ReplicationTests
{
    [Test]
    public void Point02_Append_IsAcknowledgedWhenDurable()
    {
        var cluster = new TestCluster(1, 3, 3);
        cluster.Inject(From(2, 1, term: 1, default, 1, 1));
        Assert.That(cluster.Take(MessageKind.AppendResponse), Is.Empty);
        cluster.FinishWrite(cluster[1]);
        Assert.That(cluster.Take(MessageKind.AppendResponse).Single().Index, Is.EqualTo(new LogIndex(2)));
    }

    [Test]
    public void Point02_Leader_SendsBeforeItsOwnWriteAndCountsItselfAfter()
    {
        var cluster = new TestCluster(7, 3, 3);
        TestMember leader = cluster.Elect();
        TestMember[] others = [.. cluster.Members.Where(member => member != leader)];
        cluster.Isolate(others[1].Id);
        LogIndex before = leader.Core.Committed;
        Assert.That(cluster.Propose(leader, out EntryId entry), Is.EqualTo(ProposalResult.Appended));
        while (cluster.Network.Count > 0)
        {
            cluster.Deliver(0);
            cluster.FinishWrite(others[0]);
        }

        Assert.That(others[0].Disk.Holds(entry), Is.True, "sent in parallel with the own write");
        Assert.That(leader.Core.Committed, Is.EqualTo(before), "one disk of three");
        cluster.FinishWrite(leader);
        Assert.That(leader.Core.Committed, Is.EqualTo(entry.Index));
    }

    /// <summary>
    /// The write of 2@1 is still under way when 2@2 replaces it and 2@1 comes back: its completion says nothing about
    /// what the disk holds at 2 then.
    /// </summary>
    [Test]
    public void Point03_CompletionOfAnOlderWrite_IsNotTakenForTheEntryThatCameBack()
    {
        var cluster = new TestCluster(1, 3, 3);
        cluster.Inject(From(2, 1, term: 1, default, 1, 1));
        cluster.Inject(From(3, 1, term: 2, Id(1, 1), 2));
        cluster.Inject(From(2, 1, term: 3, Id(1, 1), 1));
        Assert.That(cluster[1].Writes, Has.Count.EqualTo(3));
        cluster.FinishWrite(cluster[1]);
        Assert.That(cluster[1].Core.Durable, Is.EqualTo(new LogIndex(1)));
        cluster.FinishWrite(cluster[1]);
        Assert.That(cluster[1].Core.Durable, Is.EqualTo(new LogIndex(1)));
        Assert.That(cluster.Take(MessageKind.AppendResponse).Where(each => each.Index.Value == 2), Is.Empty);
        cluster.FinishWrite(cluster[1]);
        Assert.That(cluster[1].Core.Durable, Is.EqualTo(new LogIndex(2)));
    }

    /// <summary>Raft, figure 8: an entry of an older term on a majority can still be replaced.</summary>
    [Test]
    public void Point04_EntryOfAnOlderTerm_IsCommittedOnlyByOneOfTheOwn()
    {
        var cluster = new TestCluster(1, 3, 3);
        cluster.Inject(From(3, 1, term: 1, default, 1));
        cluster.Inject(From(3, 2, term: 1, default, 1));
        cluster.Settle();
        cluster.RunUntil(() => cluster[1].Core.Role == RaftRole.Candidate || cluster.Leader is not null);
        TestMember leader = cluster.Elect();
        Assert.That(leader.Core.Committed.Value, Is.GreaterThanOrEqualTo(2));
        Assert.That(cluster.Checker.Committed[0].Term, Is.EqualTo(new Term(1)));
        Assert.That(leader.Core.Last.Term, Is.EqualTo(leader.Core.Term), "its own entry committed both");
    }

    [Test]
    public void Point04_Heartbeat_CommitsNoMoreThanTheMemberIsKnownToHold()
    {
        var cluster = new TestCluster(7, 3, 3);
        TestMember leader = cluster.Elect();
        MemberId slow = cluster.Members.First(member => member != leader).Id;
        cluster.Isolate(slow);
        cluster.Propose(leader, out EntryId entry);
        cluster.Settle();
        Assert.That(leader.Core.Committed, Is.EqualTo(entry.Index));
        cluster.Tick(leader);
        Message heartbeat = cluster.Take(MessageKind.Heartbeat).Single(message => message.To == slow);
        Assert.That(heartbeat.Commit, Is.EqualTo(entry.Index.Previous));
    }

    [Test]
    public void Point05_AppendThatWasOvertaken_DoesNotShortenTheLog()
    {
        var cluster = new TestCluster(1, 3, 3);
        Message first = From(2, 1, term: 1, default, 1, 1);
        cluster.Inject(first);
        cluster.Inject(From(2, 1, term: 1, Id(2, 1), 1, 1));
        cluster.Inject(first);
        cluster.Inject(From(2, 1, term: 1, default));
        Assert.That(cluster[1].Core.Last, Is.EqualTo(Id(4, 1)));
    }

    [Test]
    public void Point05_CommittedEntries_AreNeverReplaced()
    {
        var cluster = new TestCluster(1, 3, 3);
        cluster.Inject(From(2, 1, term: 1, default, 1, 1) with { Commit = new LogIndex(2) });
        cluster.Settle();
        // Nobody who may lead term 2 sends this; whoever does is not believed.
        Assert.That(
            () => cluster.Inject(From(3, 1, term: 2, Id(0, 0), 2, 2)),
            Throws.Nothing);
        Assert.That(cluster[1].Core.Last, Is.EqualTo(Id(2, 1)));
    }

    /// <summary>Forty entries of another term, and it takes a few messages, not forty.</summary>
    [Test]
    public void Point06_LogsThatDiverged_MeetTermByTerm()
    {
        var cluster = new TestCluster(1, 3, 3);
        cluster.Inject(From(2, 1, term: 2, default, [1, .. Enumerable.Repeat(2L, 40)]));
        cluster.Inject(From(3, 2, term: 3, default, [1, .. Enumerable.Repeat(3L, 20)]));
        cluster.Inject(From(2, 3, term: 3, default, [1, .. Enumerable.Repeat(3L, 20)]));
        cluster.Settle();
        cluster.RunUntil(() => cluster.Leader is not null);
        int probes = 0;
        TestMember leader = cluster.Leader!;
        Assert.That(leader.Id.Value, Is.Not.EqualTo(1), "its term is the older one");
        for (int step = 0; leader.Core.Progress[0].Match < leader.Core.Last.Index; step++)
        {
            Assert.That(step, Is.LessThan(300));
            probes += cluster.Network.Count(each => each is { Kind: MessageKind.AppendResponse, Rejected: true });
            cluster.Members.ForEach(cluster.Tick);
            cluster.Settle();
        }

        Assert.That(probes, Is.LessThan(4));
    }

    [Test]
    public void Point16_RefusedProposal_IsNowhere()
    {
        var cluster = new TestCluster(7, 3, 3);
        TestMember leader = cluster.Elect();
        TestMember follower = cluster.Members.First(member => member != leader);
        EntryId last = follower.Core.Last;
        Assert.That(cluster.Propose(follower, out _), Is.EqualTo(ProposalResult.NotLeader));
        Assert.That(follower.Core.Last, Is.EqualTo(last));
    }

    [Test]
    public void Point15_ProposalOfAnEarlierTerm_IsRefused()
    {
        var cluster = new TestCluster(7, 3, 3);
        RaftCore leader = cluster.Elect().Core;
        var earlier = new Term(leader.Term.Value - 1);
        Assert.That(leader.Propose(earlier, default, out _), Is.EqualTo(ProposalResult.TermIsOver));
    }

    [Test]
    public void Point18_MalformedAppends_ChangeNothing()
    {
        var cluster = new TestCluster(1, 3, 3);
        cluster.Inject(From(2, 1, term: 1, default, 1));
        Message[] bad =
        [
            From(2, 1, term: 1, Id(-1, 0), 1),
            From(2, 1, term: 1, Id(1, 1), 2),
            From(2, 1, term: 1, Id(1, 1), 1) with { Entries = [Entry(5, 1)] },
            From(2, 1, term: 1, Id(long.MaxValue, 1)),
            From(2, 1, term: 1, Id(1, 1), 1, 0),
            From(2, 1, term: -1, Id(1, 1), 1),
            From(1, 1, term: 1, Id(1, 1), 1),
        ];
        foreach (Message message in bad)
        {
            cluster.Inject(message);
            Assert.That(cluster[1].Core.Last, Is.EqualTo(Id(1, 1)), message.ToString());
        }
    }

    [Test]
    public void Point12_MessageForSomebodyElse_IsDropped()
    {
        var cluster = new TestCluster(1, 3, 3);
        cluster[1].Core.Step(From(2, 3, term: 9, default, 9));
        Assert.That(cluster[1].Core.Term, Is.EqualTo(new Term(0)));
    }

    [Test]
    public void Point22_DeadLink_PinsNoMoreThanTheWindow()
    {
        var cluster = new TestCluster(
            7, 3, 3, id => new RaftOptions { Self = id, AppendsInFlightMax = 4, AppendBytesInFlightMax = 400 });
        TestMember leader = cluster.Elect();
        MemberId dead = cluster.Members.First(member => member != leader).Id;
        cluster.Isolate(dead);
        int sent = 0;
        for (int round = 0; round < 200; round++)
        {
            cluster.Propose(leader, out _);
            sent += cluster.Take(MessageKind.Append).Count(message => message.To == dead);
            cluster.Propose(leader, out _);
            cluster.Settle();
        }

        Assert.That(sent, Is.LessThan(10));
        cluster.Heal();
        cluster.RunUntil(() => leader.Core.Progress.All(each => each.Match == leader.Core.Last.Index));
        Assert.That(leader.Core.Progress.Select(each => each.State), Is.All.EqualTo(ProgressState.Replicate));
    }

    [Test]
    public void Point22_UncommittedBytes_AreBounded()
    {
        var cluster = new TestCluster(7, 3, 3, id => new RaftOptions { Self = id, UncommittedBytesMax = 300 });
        TestMember leader = cluster.Elect();
        cluster.Isolate(leader.Id);
        ProposalResult result = ProposalResult.Appended;
        for (int count = 0; count < 100 && result == ProposalResult.Appended; count++)
        {
            result = cluster.Propose(leader, out _);
        }

        Assert.That(result, Is.EqualTo(ProposalResult.TooMuch));
        cluster.Heal();
        cluster.RunUntil(() => cluster.Leader is { } now && cluster.Propose(now, out _) == ProposalResult.Appended);
    }

    [Test]
    public void Point23_LeaderWhoseDiskStandsStill_HandsOver()
    {
        var cluster = new TestCluster(7, 3, 3);
        TestMember leader = cluster.Elect();
        cluster.Propose(leader, out EntryId entry);
        for (int tick = 0; tick < 40 && leader.Core.Role == RaftRole.Leader; tick++)
        {
            cluster.Members.ForEach(cluster.Tick);
            while (cluster.Network.Count > 0)
            {
                cluster.Deliver(0);
                cluster.Members.Where(member => member != leader).ToList().ForEach(cluster.FinishWrite);
            }
        }

        Assert.That(leader.Core.Role, Is.Not.EqualTo(RaftRole.Leader));
        Assert.That(cluster.Leader!.Core.Committed, Is.GreaterThanOrEqualTo(entry.Index));
    }

    [Test]
    public void Point13_SnapshotBehindTheCommit_IsRefused()
    {
        var cluster = new TestCluster(1, 3, 3);
        cluster.Inject(From(2, 1, term: 1, default, 1, 1, 1) with { Commit = new LogIndex(3) });
        cluster.Settle();
        cluster[1].Checkpoint();
        cluster[1].Compact();
        cluster.Inject(new Message
        {
            Kind = MessageKind.Snapshot,
            From = TestCluster.Id(2),
            To = TestCluster.Id(1),
            Term = new Term(1),
            Previous = Id(2, 1),
            Configuration = cluster[1].Core.Configuration,
        });
        Assert.That(cluster[1].Writes, Is.Empty);
        Assert.That(cluster[1].Core.Last, Is.EqualTo(Id(3, 1)));
    }

    /// <summary>What was on its way from before names entries that the leader may not have.</summary>
    [Test]
    public void Point13_AnswersFromBefore_AreIgnored()
    {
        var cluster = new TestCluster(7, 3, 3);
        TestMember leader = cluster.Elect();
        MemberId other = cluster.Members.First(member => member != leader).Id;
        cluster.Inject(new Message
        {
            Kind = MessageKind.AppendResponse,
            From = other,
            To = leader.Id,
            Term = leader.Core.Term,
            Index = new LogIndex(1000),
        });
        Assert.That(leader.Core.Committed, Is.LessThanOrEqualTo(leader.Core.Last.Index));
        Assert.That(leader.Core.Progress.Single(each => each.Member == other).Match.Value, Is.LessThan(1000));
    }

    [Test]
    public void Snapshot_MemberBehindTheLog_GetsStateAndGoesOn()
    {
        var cluster = new TestCluster(7, 3, 3);
        TestMember leader = cluster.Elect();
        TestMember away = cluster.Members.First(member => member != leader);
        cluster.Isolate(away.Id);
        for (int count = 0; count < 30; count++)
        {
            cluster.Propose(leader, out _);
            cluster.Settle();
        }

        leader.Checkpoint();
        leader.Compact();
        cluster.Heal();
        cluster.RunUntil(() => away.State.Last == leader.State.Last);
        Assert.That(away.Disk.LogBase.Last.Index.Value, Is.GreaterThan(25), "it came as a state");
        cluster.Propose(leader, out EntryId entry);
        cluster.RunUntil(() => away.State.Last == entry);
    }
}
