using Keelson.Raft.Membership;
using Keelson.Raft.Messages;
using Keelson.Raft.Tests.Cluster;

namespace Keelson.Raft.Tests;

/// <summary>Changes of the cluster and of its leader. The numbers are those of docs/raft.md.</summary>
public sealed class MembershipTests
{
    [Test]
    public void Change_OfVoters_GoesThroughAJointConfigurationByItself()
    {
        var cluster = new TestCluster(7, 4, 3);
        TestMember leader = cluster.Elect();
        Assert.That(Add(cluster, leader, ChangeKind.AddVoter, 4), Is.EqualTo(ProposalResult.Appended));
        Assert.That(leader.Core.Configuration.IsJoint, Is.True);
        cluster.RunUntil(() => cluster[4].Core.Configuration == Configuration.Of(Enumerable.Range(1, 4)
            .Select(TestCluster.Id)));
        Assert.That(cluster[4].State.Applied, Is.Not.Empty);
    }

    [Test]
    public void Point10_SecondChange_WaitsForTheFirst()
    {
        var cluster = new TestCluster(7, 5, 3);
        TestMember leader = cluster.Elect();
        Assert.That(Add(cluster, leader, ChangeKind.AddVoter, 4), Is.EqualTo(ProposalResult.Appended));
        Assert.That(Add(cluster, leader, ChangeKind.AddVoter, 5), Is.EqualTo(ProposalResult.ConfigurationPending));
        cluster.RunUntil(() => Add(cluster, leader, ChangeKind.AddVoter, 5) == ProposalResult.Appended);
    }

    /// <summary>
    /// The bug of single-server changes that was found in 2015: a leader that has committed nothing yet.
    /// </summary>
    [Test]
    public void Point10_NewLeader_ChangesNothingBeforeItsFirstCommit()
    {
        var cluster = new TestCluster(7, 4, 3);
        TestMember leader = cluster.ElectOnly();
        Assert.That(Add(cluster, leader, ChangeKind.AddVoter, 4), Is.EqualTo(ProposalResult.ConfigurationPending));
    }

    [Test]
    public void Point11_RemovedLeader_LeadsUntilTheRemovalIsCommittedAndThenStepsDown()
    {
        var cluster = new TestCluster(7, 3, 3);
        TestMember leader = cluster.Elect();
        ProposalResult result = cluster.Change(leader, new MemberChange(ChangeKind.Remove, leader.Id));
        Assert.That(result, Is.EqualTo(ProposalResult.Appended));
        Assert.That(leader.Core.Role, Is.EqualTo(RaftRole.Leader));
        cluster.RunUntil(() => cluster.Leader is { } next && next != leader && !next.Core.Configuration.IsJoint);
        Assert.That(leader.Core.Role, Is.Not.EqualTo(RaftRole.Leader));
        Assert.That(cluster.Leader!.Core.Configuration.Contains(leader.Id), Is.False);
    }

    [Test]
    public void Point11_Learner_CountsForNothing()
    {
        var cluster = new TestCluster(7, 5, 3);
        TestMember leader = cluster.Elect();
        Add(cluster, leader, ChangeKind.AddLearner, 4);
        cluster.RunUntil(() => cluster[4].State.Last == leader.State.Last);
        foreach (TestMember voter in cluster.Members.Take(3).Where(member => member != leader))
        {
            cluster.Isolate(voter.Id);
        }

        LogIndex before = leader.Core.Committed;
        cluster.Propose(leader, out _);
        cluster.Settle();
        Assert.That(leader.Core.Committed, Is.EqualTo(before));
    }

    /// <summary>The candidate may know of a promotion that the learner has not heard of yet.</summary>
    [Test]
    public void Point11_Learner_VotesWhenItIsAsked()
    {
        var cluster = new TestCluster(7, 4, 3);
        cluster.Inject(new Message
        {
            Kind = MessageKind.Vote,
            From = TestCluster.Id(1),
            To = TestCluster.Id(4),
            Term = new Term(3),
        });
        cluster.Settle();
        Assert.That(cluster[4].Disk.HardState.Vote, Is.EqualTo(TestCluster.Id(1)));
    }

    [Test]
    public void Point11_Learner_NeverCampaigns()
    {
        var cluster = new TestCluster(7, 4, 3);
        TestMember leader = cluster.Elect();
        Add(cluster, leader, ChangeKind.AddLearner, 4);
        cluster.RunUntil(() => cluster[4].State.Last == leader.State.Last);
        for (int tick = 0; tick < 100; tick++)
        {
            cluster.Tick(cluster[4]);
        }

        Assert.That(cluster.Network, Is.Empty);
        Assert.That(cluster[4].Core.Role, Is.EqualTo(RaftRole.Follower));
    }

    /// <summary>
    /// The end of a change is in one log only, that of a member which is no voter there, and the voter that is left
    /// cannot win without it (dissertation, section 4.2.2). Found by seed 21 of the random runs.
    /// </summary>
    [Test]
    public void Point10_MemberOutsideItsLastConfiguration_CampaignsUntilThatIsCommitted()
    {
        var cluster = new TestCluster(7, 2, 2);
        cluster.RunUntil(() => cluster.Leader is not null);
        TestMember leader = cluster.Elect();
        TestMember other = cluster.Members.Single(member => member != leader);
        cluster.Change(leader, new MemberChange(ChangeKind.Remove, leader.Id));
        while (leader.Core.Configuration.IsJoint)
        {
            cluster.FinishWrite(leader);
            cluster.FinishWrite(other);
            cluster.Deliver(0);
        }

        // The entry that leaves the joint configuration reaches the leader's disk and nobody else.
        cluster.Isolate(leader.Id);
        cluster.Settle();
        leader.Crash(0);
        leader.Restart();
        cluster.Heal();
        cluster.RunUntil(() => cluster.Leader == other && other.Core.Configuration == Configuration.Of(other.Id));
    }

    [Test]
    public void Point10_ChangeThatChangesNothingOrLeavesNobody_IsRefused()
    {
        var cluster = new TestCluster(7, 3, 1);
        TestMember leader = cluster.Elect();
        Assert.That(
            cluster.Change(leader, new MemberChange(ChangeKind.Remove, leader.Id)),
            Is.EqualTo(ProposalResult.ConfigurationInvalid));
        Assert.That(
            Add(cluster, leader, ChangeKind.AddVoter, (int)leader.Id.Value),
            Is.EqualTo(ProposalResult.ConfigurationInvalid));
    }

    [Test]
    public void Point14_Transfer_StopsProposalsAndNeedsNoElectionTime()
    {
        var cluster = new TestCluster(7, 3, 3);
        TestMember leader = cluster.Elect();
        TestMember target = cluster.Members.First(member => member != leader);
        Assert.That(leader.Core.TransferLeadership(target.Id), Is.True);
        Assert.That(cluster.Propose(leader, out _), Is.EqualTo(ProposalResult.Transferring));
        cluster.Settle();
        Assert.That(cluster.Leader, Is.EqualTo(target), "without a tick");
    }

    [Test]
    public void Point14_TransferToMemberThatIsGone_IsGivenUpAfterAnElectionTime()
    {
        var cluster = new TestCluster(7, 3, 3);
        TestMember leader = cluster.Elect();
        TestMember target = cluster.Members.First(member => member != leader);
        cluster.Isolate(target.Id);
        leader.Core.TransferLeadership(target.Id);
        int ticks = 0;
        while (leader.Core.Transferee.Value != 0)
        {
            cluster.Members.Where(member => member != target).ToList().ForEach(cluster.Tick);
            cluster.Settle();
            ticks++;
        }

        Assert.That(ticks, Is.EqualTo(10));
        Assert.That(cluster.Propose(leader, out _), Is.EqualTo(ProposalResult.Appended));
    }

    [Test]
    public void Point14_TransferToMemberThatIsRemoved_Ends()
    {
        var cluster = new TestCluster(7, 4, 3);
        TestMember leader = cluster.Elect();
        Assert.That(leader.Core.TransferLeadership(TestCluster.Id(4)), Is.False, "not a voter");
        Assert.That(leader.Core.TransferLeadership(leader.Id), Is.False, "leads already");
    }

    /// <summary>Raft, section 6: separate majorities of the old and of the new configuration.</summary>
    [TestCase("1 2", "3 4 5", null, 0)]
    [TestCase("1 2", "3 4 5", false, 0, "4 5")]
    [TestCase("1 2 3", "3 4 5", null, 0)]
    [TestCase("1 2 3 4", "3 4 5", true, 10)]
    [TestCase("3 4 5", "3 4 5", null, 0)]
    public void Joint_Decision_NeedsAMajorityOfEach(
        string agreeing, string outgoing, bool? expected, long agreedIndex, string refusing = "")
    {
        var configuration = new Configuration { Voters = Ids("1 2 3"), Outgoing = Ids(outgoing) };
        MemberId[] yes = Ids(agreeing);
        MemberId[] no = Ids(refusing);
        Assert.That(
            configuration.Decide(member => yes.Contains(member) ? true : no.Contains(member) ? false : null),
            Is.EqualTo(expected));
        Assert.That(
            configuration.Agreed(member => new LogIndex(yes.Contains(member) ? 10 : 0)),
            Is.EqualTo(new LogIndex(agreedIndex)));
    }

    [TestCase("")]
    [TestCase("0000000000000000000000000000000000")]
    [TestCase("FFFFFFFF000000000000000000000000")]
    [TestCase("02000000000000000000000000000000020000000000000001000000000000000000000000000000")]
    [TestCase("01000000000000000000000000000000")]
    public void Configuration_BytesThatNoneHas_AreRefused(string hexadecimal)
    {
        byte[] bytes = Convert.FromHexString(hexadecimal);
        bool valid = ConfigurationCodec.TryDecode(bytes, out _, out ReadOnlySpan<byte> context);
        Assert.That(valid && context.IsEmpty && hexadecimal.Length != 34, Is.False);
    }

    [Test]
    public void Configuration_EncodedAndDecoded_IsTheSame()
    {
        var configuration = new Configuration
        {
            Voters = [TestCluster.Id(1), TestCluster.Id(9)],
            Outgoing = [TestCluster.Id(2)],
            Learners = [TestCluster.Id(3)],
            LearnersNext = [TestCluster.Id(2)],
        };
        byte[] bytes = ConfigurationCodec.Encode(configuration, [1, 2, 3]);
        Assert.That(
            ConfigurationCodec.TryDecode(bytes, out Configuration decoded, out ReadOnlySpan<byte> context), Is.True);
        Assert.That(decoded, Is.EqualTo(configuration));
        Assert.That(context.ToArray(), Is.EqualTo(new byte[] { 1, 2, 3 }));
    }

    private static MemberId[] Ids(string numbers)
    {
        string[] each = numbers.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return [.. each.Select(ulong.Parse).Select(id => new MemberId(id))];
    }

    private static ProposalResult Add(TestCluster cluster, TestMember leader, ChangeKind kind, int number) =>
        cluster.Change(leader, new MemberChange(kind, TestCluster.Id(number)));
}
