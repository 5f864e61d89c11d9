using Keelson.Raft.Log;
using Keelson.Raft.Messages;

namespace Keelson.Raft.Tests.Cluster;

/// <summary>
/// What must hold after every event (Raft, figure 3, and <see cref="RaftInvariants"/>). Fails the test at the first
/// event that breaks one.
/// </summary>
internal sealed class SafetyChecker
{
    private readonly Dictionary<Term, MemberId> _leaders = [];
    private readonly Dictionary<(Term Term, MemberId Voter), MemberId> _votes = [];
    private readonly Dictionary<EntryId, (Term Before, byte[] Payload)> _entries = [];
    private readonly List<Entry> _committed = [];
    private readonly List<(Term Entry, Term In)> _committedIn = [];
    private readonly Dictionary<MemberId, (Term Term, LogIndex Committed)> _seen = [];
    private readonly Dictionary<MemberId, MemberView> _views = [];

    public IReadOnlyList<Entry> Committed => _committed;

    public ForwardChecker Forwards { get; } = new();

    public required Func<IEnumerable<TestMember>> Members { get; init; }

    /// <summary>A member applies an entry: the same as everyone at that index.</summary>
    public void Applied(TestMember member, Entry entry)
    {
        Assert.That(entry.Index, Is.EqualTo(member.State.Last.Index.Next), $"{member.Id} applies without a gap");
        int position = checked((int)entry.Index.Value) - 1;
        if (position < _committed.Count)
        {
            Assert.That(Same(_committed[position], entry), Is.True, $"{member.Id} applies another {entry.Index}");
            return;
        }

        Assert.That(position, Is.EqualTo(_committed.Count), "committed in order");
        _committed.Add(entry);
        // It was committed in a term that this member knows of: in its own, at the latest.
        _committedIn.Add((entry.Term, member.Core.Term));
        Forwards.Committed(entry);
    }

    public void Check(TestMember member)
    {
        if (member.IsDown)
        {
            return;
        }

        RaftCore core = member.Core;
        bool commits = false;
        if (_seen.TryGetValue(member.Id, out (Term Term, LogIndex Committed) seen))
        {
            Assert.That(core.Term, Is.GreaterThanOrEqualTo(seen.Term), $"{member.Id}'s term falls");
            Assert.That(core.Committed, Is.GreaterThanOrEqualTo(seen.Committed), $"{member.Id}'s commit falls");
            commits = core.Role == RaftRole.Leader && core.Term == seen.Term && core.Committed > seen.Committed;
        }

        _seen[member.Id] = (core.Term, core.Committed);
        Assert.That(core.Committed, Is.LessThanOrEqualTo(core.Last.Index));
        if (core.Role == RaftRole.Leader)
        {
            _leaders.TryAdd(core.Term, member.Id);
            Assert.That(_leaders[core.Term], Is.EqualTo(member.Id), $"two leaders in term {core.Term}");
        }

        CheckInvariants(member, commits);
    }

    public void Restarted(TestMember member) => _seen.Remove(member.Id);

    /// <summary>A message leaves: no vote twice in a term, no entry under a name that another one has.</summary>
    public void Sent(Message message)
    {
        if (message is { Kind: MessageKind.VoteResponse, Rejected: false })
        {
            _votes.TryAdd((message.Term, message.From), message.To);
            Assert.That(_votes[(message.Term, message.From)], Is.EqualTo(message.To), $"{message.From} votes twice");
        }

        if (message.Kind == MessageKind.Append)
        {
            CheckEntries(message);
        }
    }

    private void CheckEntries(Message message)
    {
        Term before = message.Previous.Term;
        foreach (Entry entry in message.Entries)
        {
            byte[] payload = entry.Payload.ToArray();
            var id = new EntryId(entry.Index, entry.Term);
            _entries.TryAdd(id, (before, payload));
            Assert.That(_entries[id].Before, Is.EqualTo(before), $"log matching at {id}");
            Assert.That(_entries[id].Payload, Is.EqualTo(payload), $"log matching at {id}");
            before = entry.Term;
            Forwards.Appended(entry);
        }
    }

    // Only what concerns a member that changed can be broken now.
    private void CheckInvariants(TestMember member, bool commits)
    {
        MemberView view = member.View();
        MemberView before = _views.GetValueOrDefault(member.Id, view with { Log = [] });
        _views[member.Id] = view;
        RaftInvariants.AppliedIsDurable(view);
        if (commits)
        {
            RaftInvariants.CommittedIsDurable(view, ViewOf);
        }

        bool isSame = ReferenceEquals(before.Log, view.Log) && before.Committed == view.Committed
            && before.Term == view.Term && before.IsLeader == view.IsLeader;
        if (isSame)
        {
            return;
        }

        RaftInvariants.LeaderIsComplete(view, _committedIn);
        RaftInvariants.CommittedIsInEveryQuorum(view, ViewOf);
        foreach (MemberView other in Members().Where(each => each != member).Select(each => each.View()))
        {
            RaftInvariants.CommittedIsInEveryQuorum(other, ViewOf);
            RaftInvariants.OneLeaderATerm(view, other);
            RaftInvariants.CommittedLogsArePrefixes(view, other);
            RaftInvariants.LogsMatch(view, other);
            RaftInvariants.LeaderHoldsTheLastOfItsTerm(view, other);
            RaftInvariants.LeaderHoldsTheLastOfItsTerm(other, view);
            RaftInvariants.UpToDateLogsHoldWhatIsCommitted(view, other);
            RaftInvariants.UpToDateLogsHoldWhatIsCommitted(other, view);
        }
    }

    private MemberView ViewOf(MemberId id) => Members().Single(member => member.Id == id).View();

    private static bool Same(Entry left, Entry right) =>
        left.Term == right.Term && left.Kind == right.Kind && left.Payload.Span.SequenceEqual(right.Payload.Span);
}
