namespace Keelson.Store;

/// <summary>Which keys: one, a prefix, an interval, or all. The same rules as etcd's key and range_end.</summary>
public readonly record struct KeyRange
{
    private static readonly byte[] Zero = [0];

    private KeyRange(Bytes start, Bytes end)
    {
        Start = start;
        End = end;
    }

    /// <summary>The first key.</summary>
    public Bytes Start { get; }

    /// <summary>The first key beyond; empty for a single key, one zero byte for "to the end".</summary>
    public Bytes End { get; }

    /// <summary>Every key.</summary>
    public static KeyRange All => new(Zero, Zero);

    public static KeyRange Single(Bytes key) => new(key, default);

    /// <summary>The keys from <paramref name="start"/> up to, not including, <paramref name="end"/>.</summary>
    public static KeyRange Between(Bytes start, Bytes end) => new(start, end);

    /// <summary>All keys ≥ <paramref name="start"/>.</summary>
    public static KeyRange From(Bytes start) => new(start, Zero);

    /// <summary>All keys that begin with <paramref name="prefix"/>; every key when it is empty.</summary>
    public static KeyRange Prefix(Bytes prefix)
    {
        if (prefix.IsEmpty)
        {
            return All;
        }

        int last = prefix.Span.LastIndexOfAnyExcept((byte)0xFF);
        if (last < 0)
        {
            return From(prefix);
        }

        byte[] end = prefix.Span[..(last + 1)].ToArray();
        end[last]++;
        return new KeyRange(prefix, end);
    }

    public static implicit operator KeyRange(Bytes key) => Single(key);

    public static implicit operator KeyRange(string key) => Single(key);

    public static KeyRange FromBytes(Bytes key) => Single(key);

    public static KeyRange FromString(string key) => Single(key);
}
