namespace Keelson.Simulation.Model;

/// <summary>
/// The answer to any operation: an error alone, or what the operation's response message holds. Two answers are equal
/// when their texts are.
/// </summary>
public sealed record OperationResult
{
    public EtcdError Error { get; init; }

    /// <summary>The header's revision; 0 where etcd sends none.</summary>
    public long Revision { get; init; }

    /// <summary>kvs of a range; prev_kv of a put; prev_kvs of a delete.</summary>
    public IReadOnlyList<KeyValue> KeyValues { get; init; } = [];

    public bool More { get; init; }

    public long Count { get; init; }

    public long Deleted { get; init; }

    public bool Succeeded { get; init; }

    public IReadOnlyList<OperationResult> Responses { get; init; } = [];

    public long LeaseId { get; init; }

    public long TtlSeconds { get; init; }

    public long GrantedTtlSeconds { get; init; }

    /// <summary>Keys of a lease, ordinal.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>Ids of all leases, ascending: etcd lists them by remaining time, which is no contract.</summary>
    public IReadOnlyList<long> Leases { get; init; } = [];

    public IReadOnlyList<RaisedAlarm> Alarms { get; init; } = [];

    public static OperationResult Failed(EtcdError error) => new() { Error = error };

    public bool Equals(OperationResult? other) => other is not null && ToString() == other.ToString();

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(ToString());

    public override string ToString()
    {
        IEnumerable<string> parts =
        [
            Error == EtcdError.None ? $"@{Revision}" : $"error {Error}",
            .. Flag(nameof(Succeeded), Succeeded),
            .. Number(nameof(Count), Count),
            .. Flag(nameof(More), More),
            .. Number(nameof(Deleted), Deleted),
            .. Number(nameof(LeaseId), LeaseId),
            .. Number("TTL", TtlSeconds),
            .. Number("granted", GrantedTtlSeconds),
            .. List("kvs", KeyValues),
            .. List("keys", Keys.Select(Operation.Show)),
            .. List("leases", Leases),
            .. List("alarms", Alarms),
            .. List("responses", Responses),
        ];
        return string.Join(' ', parts);
    }

    private static string[] Flag(string name, bool value) => value ? [name] : [];

    private static string[] Number(string name, long value) => value == 0 ? [] : [$"{name}={value}"];

    private static string[] List<T>(string name, IEnumerable<T> items)
    {
        string text = string.Join("; ", items);
        return text.Length == 0 ? [] : [$"{name}=[{text}]"];
    }
}
