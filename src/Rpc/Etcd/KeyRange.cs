namespace Keelson.Rpc.Etcd;

/// <summary>
/// The keys [<paramref name="Key"/>, <paramref name="RangeEnd"/>) in etcd's notation: no end is the single key, the
/// end "\0" is everything from the key on.
/// </summary>
public readonly record struct KeyRange(ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> RangeEnd)
{
    private static readonly byte[] Zero = [0];

    public static readonly KeyRange All = new(Zero, Zero);

    public static KeyRange Single(ReadOnlyMemory<byte> key) => new(key, default);

    public static KeyRange From(ReadOnlyMemory<byte> key) => new(key, Zero);

    /// <summary>All keys that begin with <paramref name="prefix"/>; an empty prefix is every key.</summary>
    public static KeyRange Prefix(ReadOnlyMemory<byte> prefix)
    {
        ReadOnlySpan<byte> span = prefix.Span;
        int last = span.LastIndexOfAnyExcept((byte)0xFF);
        if (last < 0)
        {
            // Only 0xFF: nothing sorts after the prefix that does not begin with it.
            return prefix.IsEmpty ? All : From(prefix);
        }

        byte[] end = span[..(last + 1)].ToArray();
        end[last]++;
        return new KeyRange(prefix, end);
    }
}
