using Keelson.Raft.Forwarding;
using Keelson.Raft.Log;
using Keelson.Raft.Messages;
using Keelson.Raft.Tests.Cluster;

namespace Keelson.Raft.Tests;

/// <summary>Proposals that one member makes and another one puts into the log (docs/raft.md, Forwarding).</summary>
public sealed class ForwardingTests
{
    private const ulong Process = 77;

    [Test]
    public void Forward_OnAFollower_BecomesAnEntryOfTheLeadersTerm()
    {
        TestCluster cluster = Ready(out TestMember leader, out TestMember follower);
        Assert.That(cluster.Forward(follower, out _), Is.EqualTo(ProposalResult.Forwarded));
        cluster.Settle();
        Assert.That(cluster.Checker.Forwards.CommittedCount, Is.EqualTo(1));
        Assert.That(cluster.Checker.Committed[^1].Term, Is.EqualTo(leader.Core.Term));
    }

    [Test]
    public void Forward_WithoutALeaderOrForAnotherTerm_GoesNowhere()
    {
        TestCluster cluster = Ready(out TestMember leader, out TestMember follower);
        Term term = leader.Core.Term;
        Assert.That(leader.Core.Forward(term, Process, 1, new byte[1]), Is.EqualTo(ProposalResult.NotLeader));
        foreach (var other in new[] { new Term(term.Value - 1), term.Next })
        {
            Assert.That(follower.Core.Forward(other, Process, 1, new byte[1]), Is.EqualTo(ProposalResult.TermIsOver));
        }

        cluster.Isolate(follower.Id);
        cluster.RunUntil(() => follower.Core.Leader.Value == 0);
        Assert.That(
            follower.Core.Forward(follower.Core.Term, Process, 1, new byte[1]), Is.EqualTo(ProposalResult.NotLeader));
        Assert.That(cluster.Take(MessageKind.Forward), Is.Empty);
    }

    [Test]
    public void Leader_NumberThatComesAgain_IsHandedOutOnce()
    {
        TestCluster cluster = Ready(out TestMember leader, out TestMember follower);
        LogIndex before = leader.Core.Last.Index;
        Message first = Made(follower, leader, 5);
        cluster.Inject(first);
        cluster.Inject(first);
        cluster.Inject(Made(follower, leader, 5) with { Incarnation = Process + 1 });
        Assert.That(leader.Core.Last.Index.Value, Is.EqualTo(before.Value + 2), "5, and 5 of another process");
        Assert.That(cluster.Take(MessageKind.ForwardRefused), Is.Empty, "nothing definite can be said of any");
    }

    /// <summary>Its first message was lost, and others came meanwhile.</summary>
    [Test]
    public void Leader_NumberThatWasOvertaken_IsTakenWhenItComes()
    {
        TestCluster cluster = Ready(out TestMember leader, out TestMember follower);
        LogIndex before = leader.Core.Last.Index;
        cluster.Inject(Made(follower, leader, 5));
        cluster.Inject(Made(follower, leader, 4));
        cluster.Inject(Made(follower, leader, 4));
        Assert.That(leader.Core.Last.Index.Value, Is.EqualTo(before.Value + 2));
    }

    [Test]
    public void Leader_NumberFromLongAgo_IsNothingAnybodyKnowsOf()
    {
        TestCluster cluster = Ready(out TestMember leader, out TestMember follower);
        cluster.Inject(Made(follower, leader, DecidedNumbers.Window + 5));
        LogIndex before = leader.Core.Last.Index;
        cluster.Inject(Made(follower, leader, 5));
        Assert.That(leader.Core.Last.Index, Is.EqualTo(before));
        Assert.That(cluster.Take(MessageKind.ForwardRefused), Is.Empty);
        cluster.Inject(Made(follower, leader, 6));
        Assert.That(leader.Core.Last.Index, Is.EqualTo(before.Next), "still within what is remembered");
    }

    [Test]
    public void Member_ThatNeverLedTheTerm_Refuses()
    {
        TestCluster cluster = Ready(out TestMember leader, out TestMember follower);
        TestMember other = cluster.Members.Single(member => member != leader && member != follower);
        cluster.Inject(Made(follower, other, 5));
        Message refusal = cluster.Take(MessageKind.ForwardRefused).Single();
        Assert.That(refusal.To, Is.EqualTo(follower.Id));
        Assert.That(
            (refusal.Incarnation, refusal.Round, refusal.Hint.Term), Is.EqualTo((Process, 5, leader.Core.Term)));
        cluster.Inject(refusal);
        Assert.That(
            follower.Refused, Is.EqualTo(new[] { new RefusedProposal(Process, 5, leader.Core.Term) }));
    }

    /// <summary>What it took may be in its log and may still be committed by its successor.</summary>
    [Test]
    public void FormerLeader_RefusesOnlyWhatItHasNotTaken()
    {
        TestCluster cluster = Ready(out TestMember leader, out TestMember follower);
        Term term = leader.Core.Term;
        cluster.Inject(Made(follower, leader, 5));
        EndTerm(cluster, leader);
        Assert.That(leader.Core.Role, Is.Not.EqualTo(RaftRole.Leader));
        Assert.That(RefusedBy(cluster, Made(follower, leader, 5, term)), Is.Empty);
        Assert.That(RefusedBy(cluster, Made(follower, leader, 4, term)), Is.EqualTo(new[] { term }));
        Assert.That(RefusedBy(cluster, Made(follower, leader, 6, term)), Is.EqualTo(new[] { term }));
    }

    [Test]
    public void LeaderOfALaterTerm_SaysNothingAboutWhatItHasForgotten()
    {
        TestCluster cluster = Ready(out TestMember leader, out TestMember follower);
        Term term = leader.Core.Term;
        cluster.Inject(Made(follower, leader, 5));
        EndTerm(cluster, leader);
        cluster.RunUntil(() => cluster.Leader is not null);
        cluster.Leader!.Core.TransferLeadership(leader.Id);
        cluster.RunUntil(() => cluster.Leader == leader);
        Assert.That(RefusedBy(cluster, Made(follower, leader, 5, term)), Is.Empty);
        Assert.That(RefusedBy(cluster, Made(follower, leader, 6, term)), Is.Empty);
    }

    [Test]
    public void Member_ThatBeganAgain_AnswersForTermsItCannotHaveLed()
    {
        TestCluster cluster = Ready(out TestMember leader, out TestMember follower);
        Term term = leader.Core.Term;
        TestMember other = cluster.Members.Single(member => member != leader && member != follower);
        foreach (TestMember member in new[] { leader, other })
        {
            member.Crash(0);
            member.Restart();
        }

        Assert.That(RefusedBy(cluster, Made(follower, leader, 5, term)), Is.Empty, "it voted for itself");
        Assert.That(RefusedBy(cluster, Made(follower, other, 5, term)), Is.EqualTo(new[] { term }));
        cluster.RunUntil(() => cluster.Leader?.Core.Term > term);
        Assert.That(RefusedBy(cluster, Made(follower, leader, 5, term)), Is.Empty);
    }

    [Test]
    public void Waiting_WhenLeadershipEnds_IsRefusedAndNotHandedOut()
    {
        TestCluster cluster = Ready(out TestMember leader, out TestMember follower);
        Term term = leader.Core.Term;
        leader.Core.Step(Made(follower, leader, 5));
        leader.Core.Step(NewTerm(leader));
        Ready ready = leader.Core.TakeReady()!;
        Assert.That(ready.Forwarded, Is.Empty);
        Message refusal = ready.Messages.Single(message => message.Kind == MessageKind.ForwardRefused);
        Assert.That((refusal.Round, refusal.Hint.Term), Is.EqualTo((5, term)));
    }

    /// <summary>The host could take it by then; but it was said that it will not happen.</summary>
    [Test]
    public void Refused_ByTheHost_IsRefusedWhenItComesAgain()
    {
        TestCluster cluster = Ready(out TestMember leader, out TestMember follower);
        Message forward = Made(follower, leader, 5);
        leader.Core.TransferLeadership(follower.Id);
        Assert.That(RefusedBy(cluster, forward), Has.Count.EqualTo(1), "leadership is being handed over");
        for (int tick = 0; tick < 10; tick++)
        {
            cluster.Tick(leader);
        }

        LogIndex last = leader.Core.Last.Index;
        Assert.That(cluster.Propose(leader, out _), Is.EqualTo(ProposalResult.Appended), "that was given up");
        Assert.That(RefusedBy(cluster, forward), Has.Count.EqualTo(1));
        Assert.That(leader.Core.Last.Index, Is.EqualTo(last.Next), "nothing but what was proposed here");
    }

    [Test]
    public void Bytes_AboveTheLimit_AreRefusedForGood()
    {
        var cluster = new TestCluster(7, 3, 3, id => new RaftOptions { Self = id, ForwardedBytesMax = 100 });
        TestMember leader = cluster.Elect();
        TestMember follower = cluster.Members.First(member => member != leader);
        leader.Core.Step(Made(follower, leader, 1, bytes: 1000));
        leader.Core.Step(Made(follower, leader, 2, bytes: 10));
        Ready ready = leader.Core.TakeReady()!;
        Assert.That(ready.Forwarded.Select(each => each.Number), Is.EqualTo(new[] { 1 }), "one always fits");
        Assert.That(ready.Messages.Single(each => each.Kind == MessageKind.ForwardRefused).Round, Is.EqualTo(2));
        leader.Core.Step(Made(follower, leader, 2, bytes: 10));
        ready = leader.Core.TakeReady()!;
        Assert.That(ready.Forwarded, Is.Empty, "it was said that it will not happen");
        Assert.That(ready.Messages.Single(each => each.Kind == MessageKind.ForwardRefused).Round, Is.EqualTo(2));
    }

    [Test]
    public void Processes_AboveTheLimit_AreRefusedUntilTheTermIsOver()
    {
        var cluster = new TestCluster(7, 3, 3, id => new RaftOptions { Self = id, ForwardersMax = 2 });
        TestMember leader = cluster.Elect();
        TestMember follower = cluster.Members.First(member => member != leader);
        for (ulong process = 1; process <= 3; process++)
        {
            cluster.Inject(Made(follower, leader, 1) with { Incarnation = process });
        }

        Assert.That(cluster.Take(MessageKind.ForwardRefused).Select(each => each.Incarnation), Is.EqualTo(new[] { 3 }));
        EndTerm(cluster, leader);
        cluster.RunUntil(() => cluster.Leader is not null);
        cluster.Leader!.Core.TransferLeadership(leader.Id);
        cluster.RunUntil(() => cluster.Leader == leader);
        Assert.That(RefusedBy(cluster, Made(follower, leader, 1) with { Incarnation = 3 }), Is.Empty);
    }

    [Test]
    public void MemberThatIsNone_IsRefused()
    {
        var cluster = new TestCluster(7, 4, 3);
        TestMember leader = cluster.Elect();
        LogIndex last = leader.Core.Last.Index;
        Assert.That(RefusedBy(cluster, Made(cluster[4], leader, 1)), Has.Count.EqualTo(1));
        Assert.That(leader.Core.Last.Index, Is.EqualTo(last));
    }

    /// <summary>Whatever happened to the terms in between: it will never happen, and its host wants to know.</summary>
    [TestCase(-1)]
    [TestCase(0)]
    [TestCase(3)]
    public void Refusal_OfAnyTerm_ReachesTheHost(int later)
    {
        TestCluster cluster = Ready(out TestMember leader, out TestMember follower);
        leader.Core.TransferLeadership(follower.Id);
        cluster.Forward(cluster.Members.Single(each => each != leader && each != follower), out long number);
        Message forward = cluster.Take(MessageKind.Forward).Single();
        cluster.Inject(forward);
        Message refusal = cluster.Take(MessageKind.ForwardRefused).Single();
        TestMember maker = cluster.Members.Single(each => each.Id == refusal.To);
        cluster.Inject(refusal with { Term = new Term(refusal.Term.Value + later) });
        Assert.That(maker.Refused.Single().Number, Is.EqualTo(number), "the leader was handing over");
        Assert.That(maker.Refused.Single().Incarnation, Is.EqualTo(maker.Incarnation));
    }

    [Test]
    public void Candidate_WhichMayComeToLeadTheTerm_SaysNothing()
    {
        var cluster = new TestCluster(7, 3, 3);
        cluster.Isolate(TestCluster.Id(1));
        cluster.RunUntil(() => cluster[1].Core.Role == RaftRole.PreCandidate);
        cluster.Inject(new Message
        {
            Kind = MessageKind.PreVoteResponse,
            From = TestCluster.Id(2),
            To = TestCluster.Id(1),
            Term = cluster[1].Core.Term.Next,
        });
        Assert.That(cluster[1].Core.Role, Is.EqualTo(RaftRole.Candidate));
        Assert.That(RefusedBy(cluster, Made(cluster[2], cluster[1], 1)), Is.Empty);
    }

    [Test]
    public void Malformed_Forwards_AreDropped()
    {
        TestCluster cluster = Ready(out TestMember leader, out TestMember follower);
        LogIndex last = leader.Core.Last.Index;
        Message right = Made(follower, leader, 5);
        cluster.Inject(right with { Entries = [] });
        cluster.Inject(right with { Entries = [right.Entries[0], right.Entries[0]] });
        cluster.Inject(right with { Incarnation = 0 });
        cluster.Inject(right with { Round = 0 });
        cluster.Inject(right with { Round = -5 });
        Assert.That(leader.Core.Last.Index, Is.EqualTo(last));
        Assert.That(cluster.Take(MessageKind.ForwardRefused), Is.Empty);
    }

    private static TestCluster Ready(out TestMember leader, out TestMember follower)
    {
        var cluster = new TestCluster(7, 3, 3);
        TestMember elected = cluster.Elect();
        cluster.Tick(elected);
        cluster.Settle();
        leader = elected;
        follower = cluster.Members.First(member => member != elected);
        return cluster;
    }

    // Somebody asks for votes in a later term on behalf of a leader that hands over.
    private static void EndTerm(TestCluster cluster, TestMember leader)
    {
        cluster.Inject(NewTerm(leader));
        cluster.Settle();
    }

    private static Message NewTerm(TestMember leader) => new()
    {
        Kind = MessageKind.Vote,
        From = TestCluster.Id(leader.Id.Value == 1 ? 2 : 1),
        To = leader.Id,
        Term = leader.Core.Term.Next,
        Forced = true,
    };

    private static IReadOnlyList<Term> RefusedBy(TestCluster cluster, Message forward)
    {
        cluster.Take(MessageKind.ForwardRefused);
        cluster.Inject(forward);
        return [.. cluster.Take(MessageKind.ForwardRefused).Select(message => message.Hint.Term)];
    }

    private static Message Made(TestMember from, TestMember to, long number, Term? term = null, int bytes = 1) => new()
    {
        Kind = MessageKind.Forward,
        From = from.Id,
        To = to.Id,
        Term = term ?? to.Core.Term,
        Incarnation = Process,
        Round = number,
        Entries = [new Entry(default, default, EntryKind.Normal, new byte[bytes])],
    };
}
