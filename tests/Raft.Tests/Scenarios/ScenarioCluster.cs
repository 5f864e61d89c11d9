using System.Globalization;
using System.Text;
using Keelson.Raft.Membership;
using Keelson.Raft.Tests.Cluster;

namespace Keelson.Raft.Tests.Scenarios;

/// <summary>Does what a scenario says, and says what came of it. The words are in testdata/README.md.</summary>
internal sealed class ScenarioCluster
{
    private TestCluster _cluster = new(1, 1, 1);
    private ClusterTrace? _trace;
    private List<string> _lines = [];
    private long _numbers;

    public IReadOnlyList<string> Run(string command)
    {
        string[] words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        _lines = [];
        Do(words[0], words[1..]);
        Trace();
        return _lines.Count == 0 ? ["nothing happens"] : RepeatedLines.Fold(_lines);
    }

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);

    private static int Number(string[] words, int position, int otherwise) =>
        position < words.Length ? Number(words[position]) : otherwise;

    private TestMember Member(string word) => _cluster[Number(word)];

    private void Do(string verb, string[] words)
    {
        switch (verb)
        {
            case "cluster":
                Begin(words);
                break;
            case "state":
                _lines.AddRange((words.Length > 0 ? [Member(words[0])] : _cluster.Members).SelectMany(ScenarioText.Of));
                break;
            case "network":
                _lines.AddRange(_cluster.Network.Select(ScenarioText.Of));
                break;
            case "log":
                _lines.AddRange(Member(words[0]).Disk.Log.Select(ScenarioText.Of));
                break;
            case "elect":
                Elect(Member(words[0]));
                break;
            case "tick" or "write" or "crash" or "restart" or "compact":
                DoToMember(verb, Member(words[0]), words);
                break;
            case "deliver" or "drop" or "repeat" or "settle" or "isolate" or "heal":
                DoToNetwork(verb, words);
                break;
            default:
                Use(verb, Member(words[0]), words[1..]);
                break;
        }
    }

    private void Begin(string[] words)
    {
        int voters = Number(words[0]);
        _cluster = new TestCluster(
            1, Number(words, 1, voters), voters, id => new RaftOptions { Self = id }, number => new NoChance(number));
        _trace = new ClusterTrace(_cluster);
        Do("state", []);
    }

    // How a leader comes about is told once, in election.txt.
    private void Elect(TestMember member)
    {
        for (int tick = 0; tick < 20 && member.Core.Role == RaftRole.Follower; tick++)
        {
            _cluster.Tick(member);
        }

        _cluster.Settle();
        _trace?.Take();
        _lines.Add($"{member.Id} is {member.Core.Role} of t{member.Core.Term}");
    }

    private void DoToMember(string verb, TestMember member, string[] words)
    {
        int count = Number(words, 1, verb == "tick" ? 1 : member.Writes.Count);
        for (int step = 0; step < count && verb is "tick" or "write"; step++)
        {
            Step(() => (verb == "tick" ? (Action<TestMember>)_cluster.Tick : _cluster.FinishWrite)(member));
        }

        switch (verb)
        {
            case "crash":
                member.Crash(Number(words, 1, 0));
                break;
            case "restart":
                member.Restart();
                _cluster.Run(member);
                break;
            case "compact":
                member.Checkpoint();
                member.Compact();
                break;
        }
    }

    private void DoToNetwork(string verb, string[] words)
    {
        switch (verb)
        {
            case "settle":
                Settle();
                break;
            case "isolate":
                _cluster.Isolate(Member(words[0]).Id);
                break;
            case "heal":
                _cluster.Heal();
                break;
            default:
                Carry(verb, words);
                break;
        }
    }

    // Of one link in order, or of all.
    private void Carry(string verb, string[] words)
    {
        int count = Number(words, 2, int.MaxValue);
        while (count-- > 0 && Find(words) is int position and >= 0)
        {
            Step(() =>
            {
                if (verb == "drop")
                {
                    _cluster.Drop(position);
                }
                else
                {
                    _cluster.Deliver(position, keep: verb == "repeat");
                }
            });
            if (verb == "repeat")
            {
                return;
            }
        }
    }

    private int Find(string[] words) => words.Length == 0
        ? _cluster.Network.Count - 1 < 0 ? -1 : 0
        : _cluster.Network.ToList().FindIndex(message =>
            message.From == Member(words[0]).Id && message.To == Member(words[1]).Id);

    private void Settle()
    {
        while (_cluster.Network.Count > 0 || _cluster.Members.Exists(each => !each.IsDown && each.Writes.Count > 0))
        {
            foreach (TestMember member in _cluster.Members)
            {
                Step(() => _cluster.FinishWrite(member));
            }

            if (_cluster.Network.Count > 0)
            {
                Step(() => _cluster.Deliver(0));
            }
        }
    }

    private void Use(string verb, TestMember member, string[] words)
    {
        RaftCore core = member.Core;
        switch (verb)
        {
            case "propose":
                Say(core.Propose(core.Term, Encoding.ASCII.GetBytes(words[0]), out _));
                break;
            case "forward":
                Say(core.Forward(core.Term, member.Incarnation, ++_numbers, Encoding.ASCII.GetBytes(words[0])));
                break;
            case "change":
                Say(core.ProposeConfiguration(core.Term, Changes(words), default, out _));
                break;
            case "transfer":
                _lines.AddRange(core.TransferLeadership(Member(words[0]).Id) ? [] : ["it cannot"]);
                break;
            case "read":
                _cluster.Read(member);
                break;
            default:
                throw new FormatException($"no command {verb}");
        }

        _cluster.Run(member);
    }

    private void Say(ProposalResult result)
    {
        if (result is not (ProposalResult.Appended or ProposalResult.Forwarded))
        {
            _lines.Add($"refused: {result}");
        }
    }

    private static MemberChange[] Changes(string[] words) =>
    [
        .. words.Chunk(2).Select(pair => new MemberChange(
            pair[0] switch
            {
                "voter" => ChangeKind.AddVoter,
                "learner" => ChangeKind.AddLearner,
                "remove" => ChangeKind.Remove,
                _ => throw new FormatException($"no change {pair[0]}"),
            },
            TestCluster.Id(Number(pair[1])))),
    ];

    private void Step(Action step)
    {
        step();
        Trace();
    }

    private void Trace() => _lines.AddRange(_trace?.Take() ?? []);
}
