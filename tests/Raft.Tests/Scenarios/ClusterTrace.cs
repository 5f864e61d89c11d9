using Keelson.Raft.Log;
using Keelson.Raft.Messages;
using Keelson.Raft.Tests.Cluster;

namespace Keelson.Raft.Tests.Scenarios;

/// <summary>What a step changed in a cluster, in lines: compares it with how it was.</summary>
internal sealed class ClusterTrace
{
    private readonly TestCluster _cluster;
    private readonly HashSet<Message> _messages = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<MemberId, Seen> _seen = [];
    private readonly List<string> _answers = [];

    public ClusterTrace(TestCluster cluster)
    {
        _cluster = cluster;
        _cluster.Answered = (member, permit) => _answers.Add(permit.Index is { } index
            ? $"{member} may read what is applied up to {index}"
            : $"{member} has to ask again before it reads");
        Take();
    }

    /// <summary>Everything since the last call.</summary>
    public List<string> Take()
    {
        var lines = new List<string>();
        foreach (TestMember member in _cluster.Members.Where(each => !each.IsDown))
        {
            Seen before = _seen.GetValueOrDefault(member.Id, new Seen(RaftRole.Follower, default, default, 0, 0, 0));
            Seen now = See(member, before);
            AddRole(lines, member.Id, before, now);
            lines.AddRange(member.Writes.Where(write => write.Number > before.Write)
                .Select(write => $"{member.Id} {ScenarioText.Of(write)}"));
            AddApplied(lines, member, before);
            lines.AddRange(member.Refused.Skip(before.Refused).Select(each =>
                $"{member.Id} learns that its number {each.Number} of t{each.Term} will not happen"));
            _seen[member.Id] = now;
        }

        lines.AddRange(_answers);
        _answers.Clear();
        lines.AddRange(_cluster.Network.Where(_messages.Add).Select(ScenarioText.Of));
        return lines;
    }

    private static Seen See(TestMember member, Seen before) => new(
        member.Core.Role,
        member.Core.Term,
        member.Core.Leader,
        member.Writes.Count == 0 ? before.Write : member.Writes[^1].Number,
        member.State.Applied.Count,
        member.Refused.Count);

    private static void AddRole(List<string> lines, MemberId id, Seen before, Seen now)
    {
        if ((now.Role, now.Term, now.Leader) != (before.Role, before.Term, before.Leader))
        {
            string leader = now.Role != RaftRole.Follower ? ""
                : now.Leader.Value == 0 ? " without a leader"
                : $" of {now.Leader}";
            lines.Add($"{id} becomes {now.Role} t{now.Term}{leader}");
        }
    }

    private static void AddApplied(List<string> lines, TestMember member, Seen before)
    {
        IReadOnlyList<Entry> applied = member.State.Applied;
        bool isState = member.Writes.Any(write => write.Number > before.Write && write.Installed is not null);
        if (applied.Count > before.Applied)
        {
            lines.Add(isState
                ? $"{member.Id} has the state as of {member.State.Last}"
                : $"{member.Id} applies {string.Join(", ", applied.Skip(before.Applied).Select(ScenarioText.Of))}");
        }
    }

    private sealed record Seen(RaftRole Role, Term Term, MemberId Leader, long Write, int Applied, int Refused);
}
