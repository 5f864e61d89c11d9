using System.Text;

namespace Keelson.Simulation.Model;

/// <summary>
/// One request of the etcd v3 API. Bytes are Latin-1 strings: a character is a byte, ordinal order is byte order, and
/// records compare and print without further code.
/// </summary>
public abstract record Operation
{
    public sealed record Put(string Key, string Value) : Operation
    {
        public long Lease { get; init; }

        public bool PreviousKeyValue { get; init; }

        public bool IgnoreValue { get; init; }

        public bool IgnoreLease { get; init; }
    }

    public sealed record DeleteRange(string Key, string RangeEnd) : Operation
    {
        public bool PreviousKeyValues { get; init; }
    }

    public sealed record Range(string Key, string RangeEnd) : Operation
    {
        public long Limit { get; init; }

        public long Revision { get; init; }

        public RangeOrder Order { get; init; }

        public RangeTarget Target { get; init; }

        public bool Serializable { get; init; }

        public bool KeysOnly { get; init; }

        public bool CountOnly { get; init; }

        public long ModRevisionMin { get; init; }

        public long ModRevisionMax { get; init; }

        public long CreateRevisionMin { get; init; }

        public long CreateRevisionMax { get; init; }
    }

    public sealed record Txn(
        IReadOnlyList<Comparison> Compares, IReadOnlyList<Operation> Success, IReadOnlyList<Operation> Failure)
        : Operation;

    /// <summary>A transaction's operation without content; never sent on its own.</summary>
    public sealed record Nothing : Operation;

    public sealed record Compact(long Revision) : Operation
    {
        public bool Physical { get; init; }
    }

    public sealed record LeaseGrant(long Id, long TtlSeconds) : Operation;

    public sealed record LeaseRevoke(long Id) : Operation;

    public sealed record LeaseKeepAlive(long Id) : Operation;

    public sealed record LeaseTimeToLive(long Id, bool Keys) : Operation;

    public sealed record LeaseLeases : Operation;

    /// <summary>Cluster time passes; leases whose time has come end.</summary>
    public sealed record AdvanceTime(long Milliseconds) : Operation;

    public sealed record Alarm(AlarmVerb Verb, ulong Member, AlarmType Type) : Operation;

    /// <summary>Bytes for people: printable characters as they are, the rest as \xNN, long ones cut.</summary>
    public static string Show(string bytes)
    {
        const int shownMax = 24;
        var text = new StringBuilder("\"");
        foreach (char item in bytes.Length > shownMax ? bytes[..shownMax] : bytes)
        {
            text.Append(item is >= ' ' and <= '~' ? item.ToString() : $"\\x{(int)item:x2}");
        }

        return text.Append(bytes.Length > shownMax ? $"…\"({bytes.Length})" : "\"").ToString();
    }

    private static string Join<T>(IEnumerable<T> items) => string.Join(", ", items);

    // Sealed, or else every record would print with its own generated text.
    public sealed override string ToString()
    {
        if (this is Txn txn)
        {
            return $"Txn {{ if [{Join(txn.Compares)}] then [{Join(txn.Success)}] else [{Join(txn.Failure)}] }}";
        }

        IEnumerable<string> members = GetType().GetProperties()
            .Select(property => (property.Name, Value: property.GetValue(this)))
            .Where(member => member.Value is not (null or "" or 0L or 0UL or false) && !IsZero(member.Value))
            .Select(member => $"{member.Name} = {(member.Value is string bytes ? Show(bytes) : member.Value)}");
        return $"{GetType().Name} {{ {Join(members)} }}";
    }

    private static bool IsZero(object value) => value is Enum number && Convert.ToInt32(number, null) == 0;
}
