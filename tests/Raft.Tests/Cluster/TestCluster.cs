using System.Buffers.Binary;
using Keelson.Base.Seams;
using Keelson.Raft.Log;
using Keelson.Raft.Membership;
using Keelson.Raft.Messages;
using Keelson.Raft.Tests.Codec;
using Keelson.Simulation;

namespace Keelson.Raft.Tests.Cluster;

/// <summary>
/// Members, a network that loses, repeats and reorders, and one seed that decides everything. What members send is
/// written as bytes and read again.
/// </summary>
internal sealed class TestCluster
{
    private readonly SeededRandom _random;
    private readonly List<Message> _network = [];
    private readonly HashSet<(MemberId From, MemberId To)> _cut = [];
    private readonly Dictionary<Message, StateImage> _states = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<long, LogIndex> _reads = [];
    private long _proposals;

    /// <param name="seed">Of the proposals' lengths, and of the members' draws.</param>
    /// <param name="members">Those that there are, with ids from 1.</param>
    /// <param name="voters">The first so many of them begin as the cluster.</param>
    /// <param name="options">Of a member.</param>
    /// <param name="draws">What each member draws from, instead of the seed.</param>
    public TestCluster(
        ulong seed, int members, int voters, Func<MemberId, RaftOptions>? options = null,
        Func<int, IRandom>? draws = null)
    {
        _random = new SeededRandom(seed);
        Checker = new SafetyChecker { Members = () => Members };
        Configuration configuration = Configuration.Of(Enumerable.Range(1, voters).Select(Id));
        for (int number = 1; number <= members; number++)
        {
            // Who joins later knows nothing: the log or a snapshot tells it.
            var start = new StateImage([], number <= voters ? configuration : Configuration.Empty);
            options ??= id => new RaftOptions { Self = id };
            IRandom random = draws?.Invoke(number) ?? new SeededRandom(seed + (ulong)number);
            Members.Add(new TestMember(Id(number), start, options, random, Checker));
        }
    }

    public List<TestMember> Members { get; } = [];

    public SafetyChecker Checker { get; }

    public IReadOnlyList<Message> Network => _network;

    public int ReadsGranted { get; private set; }

    /// <summary>Told of every answer to a read.</summary>
    public Action<MemberId, ReadPermit> Answered { get; set; } = static (_, _) => { };

    public TestMember this[int number] => Members[number - 1];

    public static MemberId Id(int number) => new((ulong)number);

    /// <summary>The member that leads the highest term, if one does.</summary>
    public TestMember? Leader => Members.Where(member => !member.IsDown && member.Core.Role == RaftRole.Leader)
        .MaxBy(member => member.Core.Term);

    public void Tick(TestMember member)
    {
        if (!member.IsDown)
        {
            member.Core.Tick();
            Run(member);
        }
    }

    public ProposalResult Propose(TestMember member, out EntryId entry)
    {
        ProposalResult result = member.Core.Propose(member.Core.Term, Payload(++_proposals), out entry);
        Run(member);
        return result;
    }

    /// <summary>A proposal goes to the leader that the member knows; its number is what it is found by.</summary>
    public ProposalResult Forward(TestMember member, out long number)
    {
        number = ++_proposals;
        Term term = member.Core.Term;
        ProposalResult result = member.Core.Forward(term, member.Incarnation, number, Payload(-number));
        if (result == ProposalResult.Forwarded)
        {
            Checker.Forwards.Made(number, term);
        }

        Run(member);
        return result;
    }

    public ProposalResult Change(TestMember member, params MemberChange[] changes)
    {
        ProposalResult result = member.Core.ProposeConfiguration(member.Core.Term, changes, default, out _);
        Run(member);
        return result;
    }

    /// <summary>A read begins: what is acknowledged by now it must see.</summary>
    public long Read(TestMember member)
    {
        long token = ++_proposals;
        _reads[token] = new LogIndex(Checker.Committed.Count);
        member.Core.RequestRead(token);
        Run(member);
        return token;
    }

    public void Cut(MemberId from, MemberId to) => _cut.Add((from, to));

    public void Isolate(MemberId member)
    {
        foreach (TestMember other in Members)
        {
            Cut(member, other.Id);
            Cut(other.Id, member);
        }
    }

    public void Heal() => _cut.Clear();

    /// <summary>Delivers a message of the network, or loses it when its link is cut.</summary>
    public void Deliver(int position, bool keep = false)
    {
        Message message = _network[position];
        if (!keep)
        {
            _network.RemoveAt(position);
        }

        TestMember receiver = Members.Single(member => member.Id == message.To);
        bool arrives = !receiver.IsDown && !_cut.Contains((message.From, message.To));
        if (arrives)
        {
            receiver.Step(message);
            Run(receiver);
        }

        EndStream(message, arrives);
    }

    /// <summary>Hands a member a message that nobody sent.</summary>
    public void Inject(Message message)
    {
        TestMember receiver = Members.Single(member => member.Id == message.To);
        receiver.Step(message);
        Run(receiver);
    }

    /// <summary>Takes the messages of a kind off the network.</summary>
    public IReadOnlyList<Message> Take(MessageKind kind)
    {
        List<Message> taken = _network.FindAll(message => message.Kind == kind);
        _network.RemoveAll(message => message.Kind == kind);
        return taken;
    }

    public void Drop(int position)
    {
        Message message = _network[position];
        _network.RemoveAt(position);
        EndStream(message, arrived: false);
    }

    public void FinishWrite(TestMember member)
    {
        if (!member.IsDown)
        {
            member.FinishWrite();
            Run(member);
        }
    }

    /// <summary>Everything that can happen without time passing happens, in order.</summary>
    public void Settle()
    {
        while (_network.Count > 0 || Members.Exists(member => !member.IsDown && member.Writes.Count > 0))
        {
            Members.ForEach(FinishWrite);
            if (_network.Count > 0)
            {
                Deliver(0);
            }
        }
    }

    /// <summary>Time passes for all and everything else happens at once, until the condition holds.</summary>
    public void RunUntil(Func<bool> condition, int ticksMax = 400)
    {
        for (int tick = 0; !condition(); tick++)
        {
            Assert.That(tick, Is.LessThan(ticksMax), $"not reached in {ticksMax} ticks\n{this}");
            Members.ForEach(Tick);
            Settle();
        }
    }

    public TestMember Elect()
    {
        RunUntil(() => Leader is { } leader && leader.Core.Committed == leader.Core.Last.Index);
        return Leader!;
    }

    /// <summary>Stops at the moment at which somebody leads: nothing of its term is committed yet.</summary>
    public TestMember ElectOnly()
    {
        while (Leader is null)
        {
            Members.ForEach(Tick);
            while (_network.Count > 0 && Leader is null)
            {
                Deliver(0);
                Members.ForEach(FinishWrite);
            }
        }

        return Leader;
    }

    public override string ToString() => string.Join('\n', Members.Select(member =>
        $"{member.Id} {(member.IsDown ? "down" : member.Core.Role)} term {member.Core.Term} "
        + $"leader {member.Core.Leader} log {member.Core.Last} committed {member.Core.Committed} "
        + $"durable {member.Core.Durable} "
        + $"{member.Core.Configuration} {string.Join(", ", member.Core.Progress)}"));

    public void Run(TestMember member)
    {
        foreach (Message message in member.Run(sent => _states[sent]).Select(Wire.Carry))
        {
            Checker.Sent(message);
            _network.Add(message.Kind == MessageKind.Snapshot ? WithState(member, message) : message);
        }

        foreach (ReadPermit permit in member.Permits)
        {
            Answered(member.Id, permit);
            if (permit.Index is { } index && _reads.TryGetValue(permit.Token, out LogIndex acknowledged))
            {
                ReadsGranted++;
                Assert.That(index, Is.GreaterThanOrEqualTo(acknowledged), "a stale read");
            }
        }

        member.Permits.Clear();
    }

    private byte[] Payload(long number)
    {
        var payload = new byte[sizeof(long) + (int)(_random.Next() % 40)];
        BinaryPrimitives.WriteInt64LittleEndian(payload, number);
        return payload;
    }

    // The sender's host sees the end of its stream, whichever it is.
    private void EndStream(Message message, bool arrived)
    {
        TestMember sender = Members.Single(member => member.Id == message.From);
        if (message.Kind == MessageKind.Snapshot && !sender.IsDown)
        {
            sender.Core.ReportSnapshot(message.To, arrived);
            Run(sender);
        }
    }

    // The host streams what it has applied by now, which may be more than the core asked for.
    private Message WithState(TestMember sender, Message message)
    {
        Message full = message with
        {
            Previous = sender.State.Last,
            Configuration = sender.State.Configuration,
        };
        _states[full] = sender.State;
        return full;
    }
}
