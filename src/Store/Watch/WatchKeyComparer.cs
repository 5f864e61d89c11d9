using Keelson.Base.Codec;

namespace Keelson.Store.Watch;

/// <summary>Keys by content, also found by a span.</summary>
internal sealed class WatchKeyComparer : IEqualityComparer<Bytes>, IAlternateEqualityComparer<ReadOnlySpan<byte>, Bytes>
{
    public static readonly WatchKeyComparer Instance = new();

    public Bytes Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    public bool Equals(ReadOnlySpan<byte> alternate, Bytes other) => other.Span.SequenceEqual(alternate);

    public bool Equals(Bytes x, Bytes y) => x == y;

    // Hash64 is the same in every process; equality decides.
    public int GetHashCode(ReadOnlySpan<byte> alternate) => unchecked((int)Hash64.Compute(alternate));

    public int GetHashCode(Bytes obj) => unchecked((int)Hash64.Compute(obj.Span));
}
