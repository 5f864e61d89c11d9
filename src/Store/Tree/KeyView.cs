namespace Keelson.Store.Tree;

/// <summary>A key in two pieces, as a page holds it: the common prefix and what follows.</summary>
internal readonly ref struct KeyView
{
    public KeyView(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> suffix)
    {
        Prefix = prefix;
        Suffix = suffix;
    }

    public ReadOnlySpan<byte> Prefix { get; }

    public ReadOnlySpan<byte> Suffix { get; }

    public int Length => Prefix.Length + Suffix.Length;

    public byte this[int index] => index < Prefix.Length ? Prefix[index] : Suffix[index - Prefix.Length];

    public int CommonPrefixLength(KeyView other)
    {
        int common = 0;
        while (true)
        {
            ReadOnlySpan<byte> left = PieceFrom(common);
            ReadOnlySpan<byte> right = other.PieceFrom(common);
            int length = Math.Min(left.Length, right.Length);
            int equal = left[..length].CommonPrefixLength(right);
            common += equal;
            if (equal < length || length == 0)
            {
                return common;
            }
        }
    }

    public int CompareTo(KeyView other)
    {
        int common = CommonPrefixLength(other);
        return common < Length && common < other.Length
            ? this[common].CompareTo(other[common])
            : Length.CompareTo(other.Length);
    }

    public int CompareTo(ReadOnlySpan<byte> other) => CompareTo(new KeyView(other, default));

    public bool SameAs(KeyView other) => Length == other.Length && CommonPrefixLength(other) == Length;

    public bool StartsWith(ReadOnlySpan<byte> prefix) =>
        CommonPrefixLength(new KeyView(prefix, default)) == prefix.Length;

    /// <summary>Copies the bytes from <paramref name="start"/> on.</summary>
    public void CopyTo(Span<byte> target, int start = 0)
    {
        ReadOnlySpan<byte> first = start < Prefix.Length ? Prefix[start..] : default;
        first.CopyTo(target);
        Suffix[Math.Max(0, start - Prefix.Length)..].CopyTo(target[first.Length..]);
    }

    private ReadOnlySpan<byte> PieceFrom(int index) =>
        index < Prefix.Length ? Prefix[index..] : Suffix[(index - Prefix.Length)..];
}
