using System.Text.Json;
using System.Text.RegularExpressions;
using Keelson.Compatibility.Processes;

namespace Keelson.Compatibility.Transcripts;

/// <summary>
/// Replaces what two servers with equal content must differ in: ids, ports, raft positions, sizes, times, versions.
/// Everything else stays, so that a difference in any word of an answer shows.
/// </summary>
internal sealed partial class TranscriptNormalizer
{
    private readonly List<(string Text, string Name)> _names = [];
    private readonly List<string> _leases = [];

    public TranscriptNormalizer(ServerProcess server, string directory)
    {
        string status = server.Etcdctl("endpoint", "status", "-w", "json").RequireSuccess();
        using JsonDocument answer = JsonDocument.Parse(status);
        JsonElement header = answer.RootElement[0].GetProperty("Status").GetProperty("header");
        AddId(header.GetProperty("cluster_id").GetUInt64(), "<cluster>");
        AddId(header.GetProperty("member_id").GetUInt64(), "<member>");
        _names.Add((server.Endpoint, "<endpoint>"));
        _names.Add((server.PeerEndpoint, "<peer>"));
        _names.Add((directory, "<directory>"));
    }

    /// <summary>The hexadecimal ids of the leases granted so far, in the order of their grants.</summary>
    public IReadOnlyList<string> Leases => _leases;

    public string Normalize(string text)
    {
        foreach (string lease in GrantedLease().Matches(text).Select(grant => grant.Groups[1].Value).Except(_leases))
        {
            _leases.Add(lease);
            AddId(ulong.Parse(lease, NumberStyles.HexNumber, CultureInfo.InvariantCulture), $"<lease-{_leases.Count}>");
        }

        foreach ((string original, string name) in _names)
        {
            text = text.Replace(original, name, StringComparison.Ordinal);
        }

        text = StatusLine().Replace(text, "$1<version>, <size>, $2, <term>, <index>, <applied>, ");
        text = SnapshotLine().Replace(text, "<hash>, $1, <keys>, <size>");
        text = SnapshotHash().Replace(text, "$1<own>$2");
        text = OwnStateJson().Replace(text, "$1<own>");
        text = OwnStateField().Replace(text, "$1<own>");
        text = OwnStateTable(text);
        text = LogTime().Replace(text, "\"$1\":<own>");
        text = Remaining().Replace(text, "remaining(<time>)");
        text = AttachedKeys().Replace(text, keys => Sort(keys.Value));
        text = Address().Replace(text, "<address>");
        text = SessionKey().Replace(text, "<session>");
        return Took().Replace(text, "$1<time>");
    }

    private static string Sort(string words) => string.Join(' ', words.Split(' ').Order(StringComparer.Ordinal));

    private static string OwnStateTable(string text)
    {
        var lines = text.Split('\n').ToList();
        List<string> columns = [];
        for (int index = 0; index < lines.Count; index++)
        {
            if (!lines[index].StartsWith('|'))
            {
                // Rules follow the widths of what stands between them.
                lines[index] = TableRule().Replace(lines[index], "+--");
                continue;
            }

            List<string> cells = [.. lines[index].Split('|').Select(cell => cell.Trim())];
            columns = columns.Count == cells.Count ? columns : cells;
            bool heading = ReferenceEquals(columns, cells);
            lines[index] = string.Join(
                " | ", cells.Select((cell, at) => !heading && IsOwnColumn(columns, at) ? "<own>" : cell)).Trim();
        }

        return string.Join('\n', lines);
    }

    private static bool IsOwnColumn(List<string> columns, int at) => columns[at] is "HASH"
        // The hash of a file stands beside its revision; HashKV's hash must be equal.
        ? columns.Contains("REVISION")
        : columns[at] is "VERSION" or "DB SIZE" or "RAFT TERM" or "RAFT INDEX" or "RAFT APPLIED INDEX" or "TOOK"
            or "TOTAL KEYS" or "TOTAL SIZE";

    private void AddId(ulong id, string name)
    {
        // Some commands pad hexadecimal ids to 16 digits, some do not.
        _names.Add((id.ToString("x16", CultureInfo.InvariantCulture), name));
        _names.Add((id.ToString("x", CultureInfo.InvariantCulture), name));
        _names.Add((id.ToString(CultureInfo.InvariantCulture), name));
        // etcdctl prints ids as signed numbers in some places.
        _names.Add((unchecked((long)id).ToString(CultureInfo.InvariantCulture), name));
    }

    [GeneratedRegex(@"lease ([0-9a-f]{8,16}) granted")]
    private static partial Regex GrantedLease();

    // endpoint status: endpoint, id, version, size, leader, learner, term, index, applied index, errors
    [GeneratedRegex(
        @"^((?:http://)?<endpoint>, <member>, )[^,]+, [^,]+, (\w+, \w+), \d+, \d+, \d+, ", RegexOptions.Multiline)]
    private static partial Regex StatusLine();

    // snapshot status: hash, revision, total keys (of all buckets, the member's own too), size
    [GeneratedRegex(@"^[0-9a-f]{1,8}, (\d+), \d+, [\d.]+ [kMG]?B$", RegexOptions.Multiline)]
    private static partial Regex SnapshotLine();

    // The hash of a file, followed by its revision; HashKV's hash is followed by nothing of the kind and stays.
    [GeneratedRegex("""("[Hh]ash" ?: ?)\d+(,?\s*"[Rr]evision")""")]
    private static partial Regex SnapshotHash();

    [GeneratedRegex(
        """
        (
          "(?:raft_term|raftTerm|raftIndex|raftAppliedIndex|dbSize|dbSizeInUse|took|ttl|totalKey|totalSize|size)":
          | "version":(?=")
        )
        [^,}]+
        """,
        RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex OwnStateJson();

    [GeneratedRegex(
        """
        (
          "(?:RaftTerm|RaftIndex|RaftAppliedIndex|DBSize|DBSizeInUse|Took|TTL|Keys|Size)"\ :\ ?
          | "Version"\ :\ (?=")
        )
        (?: [\d.]+\w* | "[^"]*" )
        """,
        RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex OwnStateField();

    [GeneratedRegex(""" "(ts|target|caller)":"[^"]*" """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex LogTime();

    [GeneratedRegex(@"remaining\(\d+s\)")]
    private static partial Regex Remaining();

    // etcd lists a lease's keys in the order of a hash map: any order is right.
    [GeneratedRegex(@"(?<=attached keys\(\[)[^\]]*")]
    private static partial Regex AttachedKeys();

    // etcdctl panics on some input; its stack trace is the same but for addresses.
    [GeneratedRegex(@"0x[0-9a-f]+\??")]
    private static partial Regex Address();

    // Locks and elections name their keys after a lease of their own.
    [GeneratedRegex(@"(?<=^(?:guard|boss)/)[0-9a-f]{8,16}$", RegexOptions.Multiline)]
    private static partial Regex SessionKey();

    [GeneratedRegex(@"(took = |took |Finished defragmenting etcd member\[[^\]]*\]\. took )[\d.]+[µnm]?s")]
    private static partial Regex Took();

    [GeneratedRegex(@"\+-+")]
    private static partial Regex TableRule();
}
