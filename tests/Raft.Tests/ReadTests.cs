using Keelson.Raft.Messages;
using Keelson.Raft.Tests.Cluster;

namespace Keelson.Raft.Tests;

/// <summary>Linearizable reads. The numbers are those of docs/raft.md.</summary>
public sealed class ReadTests
{
    [Test]
    public void Point07_NewLeader_GrantsNothingBeforeItsFirstCommit()
    {
        var cluster = new TestCluster(7, 3, 3);
        cluster.Read(cluster.ElectOnly());
        IReadOnlyList<Message> rounds = cluster.Take(MessageKind.Heartbeat);
        Assert.That(rounds.Where(message => message.Round > 0), Is.Empty);
        cluster.Settle();
        Assert.That(cluster.ReadsGranted, Is.EqualTo(1));
    }

    [Test]
    public void Point07_AnswerToAnEarlierRound_ProvesNothingForALaterRead()
    {
        var cluster = new TestCluster(7, 3, 3);
        TestMember leader = cluster.Elect();
        cluster.Read(leader);
        DeliverAll(cluster, MessageKind.Heartbeat);
        IReadOnlyList<Message> answers = cluster.Take(MessageKind.HeartbeatResponse);
        cluster.Read(leader);
        foreach (Message answer in answers)
        {
            cluster.Inject(answer);
        }

        Assert.That(cluster.ReadsGranted, Is.EqualTo(1));
        cluster.Settle();
        Assert.That(cluster.ReadsGranted, Is.EqualTo(2));
    }

    [Test]
    public void Point08_Point09_LeaderThatNobodyHears_GrantsNothing()
    {
        var cluster = new TestCluster(7, 3, 3);
        TestMember zombie = cluster.Elect();
        cluster.Isolate(zombie.Id);
        cluster.Read(zombie);
        cluster.Settle();
        Assert.That(cluster.ReadsGranted, Is.Zero);
        cluster.RunUntil(() => zombie.Core.Role != RaftRole.Leader);
        Assert.That(cluster.ReadsGranted, Is.Zero, "refused with the step down");
    }

    [Test]
    public void Read_OnAFollower_IsGrantedByTheLeader()
    {
        var cluster = new TestCluster(7, 3, 3);
        TestMember leader = cluster.Elect();
        TestMember follower = cluster.Members.First(member => member != leader);
        cluster.Tick(leader);
        cluster.Settle();
        cluster.Read(follower);
        cluster.Settle();
        Assert.That(cluster.ReadsGranted, Is.EqualTo(1));
    }

    [Test]
    public void Reads_ThatWaitTogether_ShareARound()
    {
        var cluster = new TestCluster(7, 3, 3);
        TestMember leader = cluster.Elect();
        for (long token = 1; token <= 100; token++)
        {
            leader.Core.RequestRead(-token);
        }

        cluster.Run(leader);
        Assert.That(cluster.Take(MessageKind.Heartbeat), Has.Count.EqualTo(2));
    }

    private static void DeliverAll(TestCluster cluster, MessageKind kind)
    {
        foreach (Message message in cluster.Take(kind))
        {
            cluster.Inject(message);
        }
    }
}
