using Keelson.Raft.Log;
using Keelson.Raft.Membership;
using Keelson.Raft.Messages;

namespace Keelson.Raft.Tests.Cluster;

/// <summary>
/// What must hold after every event (Raft, figure 3, and the invariants of etcd-io/raft's TLA+ specification). Fails
/// the
/// test at the first event that breaks one.
/// </summary>
internal sealed class SafetyChecker
{
    private readonly Dictionary<Term, MemberId> _leaders = [];
    private readonly Dictionary<(Term Term, MemberId Voter), MemberId> _votes = [];
    private readonly Dictionary<EntryId, (Term Before, byte[] Payload)> _entries = [];
    private readonly List<Entry> _committed = [];
    private readonly Dictionary<MemberId, (Term Term, LogIndex Committed)> _seen = [];

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
        Forwards.Committed(entry);
    }

    public void Check(TestMember member)
    {
        if (member.IsDown)
        {
            return;
        }

        RaftCore core = member.Core;
        if (_seen.TryGetValue(member.Id, out (Term Term, LogIndex Committed) seen))
        {
            Assert.That(core.Term, Is.GreaterThanOrEqualTo(seen.Term), $"{member.Id}'s term falls");
            Assert.That(core.Committed, Is.GreaterThanOrEqualTo(seen.Committed), $"{member.Id}'s commit falls");
            if (core.Role == RaftRole.Leader && core.Term == seen.Term && core.Committed > seen.Committed)
            {
                RequireDurable(core.Configuration, new EntryId(core.Committed, core.Term));
            }
        }

        _seen[member.Id] = (core.Term, core.Committed);
        Assert.That(core.Committed, Is.LessThanOrEqualTo(core.Last.Index));
        if (core.Role == RaftRole.Leader)
        {
            CheckLeader(member);
        }
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

    // One leader a term, and it has everything that is committed.
    private void CheckLeader(TestMember member)
    {
        RaftCore core = member.Core;
        _leaders.TryAdd(core.Term, member.Id);
        Assert.That(_leaders[core.Term], Is.EqualTo(member.Id), $"two leaders in term {core.Term}");
        if (_committed.Count > 0 && _committed[^1].Term < core.Term)
        {
            Assert.That(
                core.Last.Index.Value, Is.GreaterThanOrEqualTo(_committed.Count), $"{member.Id} leads without all");
        }
    }

    // A leader commits by counting entries of its own term only, and by what members have on their disks.
    private void RequireDurable(Configuration configuration, EntryId entry)
    {
        Dictionary<MemberId, TestMember> members = Members().ToDictionary(member => member.Id);
        bool? agreed = configuration.Decide(id => members[id].Disk.Holds(entry));
        string held = string.Join(' ', Members().Where(member => member.Disk.Holds(entry)).Select(member => member.Id));
        Assert.That(agreed, Is.True, $"{entry} is committed in {configuration}, but durable only with ({held})");
    }

    private static bool Same(Entry left, Entry right) =>
        left.Term == right.Term && left.Kind == right.Kind && left.Payload.Span.SequenceEqual(right.Payload.Span);
}
