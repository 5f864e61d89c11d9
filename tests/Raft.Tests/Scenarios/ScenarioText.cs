using System.Globalization;
using System.Text;
using Keelson.Raft.Log;
using Keelson.Raft.Membership;
using Keelson.Raft.Messages;
using Keelson.Raft.Tests.Cluster;

namespace Keelson.Raft.Tests.Scenarios;

/// <summary>How a scenario says what happened: only what is not zero, false or empty.</summary>
internal static class ScenarioText
{
    public static string Of(Message message)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{message.From} > {message.To}: {message.Kind} t{message.Term}");
        Add(text, message.Rejected, "no");
        Add(text, message.Previous != default || message.Kind == MessageKind.Append, $"behind {message.Previous}");
        Add(text, message.Entries.Count > 0, $"[{string.Join(", ", message.Entries.Select(Of))}]");
        Add(text, message.Commit.Value > 0, $"commit {message.Commit}");
        Add(text, message.Index.Value > 0, $"index {message.Index}");
        Add(text, message.Hint != default, $"hint {message.Hint}");
        Add(text, message.Round != 0, $"number {message.Round}");
        Add(text, message.Forced, "forced");
        Add(text, message.Configuration is not null, $"{message.Configuration}");
        return text.ToString();
    }

    public static string Of(Entry entry)
    {
        string payload = entry.Kind == EntryKind.Configuration ? $" {ConfigurationOf(entry)}"
            : entry.Payload.IsEmpty ? ""
            : $" {Encoding.ASCII.GetString(entry.Payload.Span)}";
        // A forwarded proposal has no name yet.
        string name = entry.Index.Value == 0 ? "" : $"{entry.Index}@{entry.Term}";
        return (name + payload).Trim();
    }

    public static string Of(PendingWrite write)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"writes #{write.Number}");
        Add(text, write.Installed is not null, $"state {write.Installed?.Last}");
        Add(text, write.HardState is not null, $"term {write.HardState?.Term} vote {write.HardState?.Vote}");
        Add(text, write.Entries.Count > 0, $"[{string.Join(", ", write.Entries.Select(Of))}]");
        return text.ToString();
    }

    /// <summary>One line for a member, and one for each that a leader follows.</summary>
    public static IEnumerable<string> Of(TestMember member)
    {
        if (member.IsDown)
        {
            return [$"{member.Id} is down, its disk: term {member.Disk.HardState.Term} "
                + $"vote {member.Disk.HardState.Vote} log {member.Disk.Log.LastOrDefault().Index}"];
        }

        RaftCore core = member.Core;
        string leader = core.Leader.Value == 0 ? "no leader" : $"leader {core.Leader}";
        string line = $"{member.Id} {core.Role} t{core.Term} {leader}, log {core.Last} durable {core.Durable} "
            + $"committed {core.Committed} applied {member.State.Last.Index}, {core.Configuration}";
        return core.Progress.Select(each =>
                $"  {each.Member} {each.State} match {each.Match} next {each.Next}"
                + (each.RecentlyActive ? "" : " silent"))
            .Prepend(line);
    }

    private static void Add(StringBuilder text, bool condition, string part) =>
        text.Append(condition ? " " : "").Append(condition ? part : "");

    private static Configuration ConfigurationOf(Entry entry)
    {
        bool isOne = ConfigurationCodec.TryDecode(entry.Payload.Span, out Configuration configuration, out _);
        Assert.That(isOne, Is.True);
        return configuration;
    }
}
