using System.Text;

namespace Keelson.Store;

/// <summary>
/// A key or a value: bytes, by content. Converts from text (as UTF-8) and byte arrays; the store never looks inside.
/// </summary>
public readonly struct Bytes : IEquatable<Bytes>
{
    public Bytes(ReadOnlyMemory<byte> memory)
    {
        Memory = memory;
    }

    public ReadOnlyMemory<byte> Memory { get; }

    public ReadOnlySpan<byte> Span => Memory.Span;

    /// <summary>Length in bytes.</summary>
    public int Length => Memory.Length;

    public bool IsEmpty => Memory.IsEmpty;

    public static Bytes FromString(string text) => new(Encoding.UTF8.GetBytes(text));

    public static Bytes FromByteArray(byte[] bytes) => new(bytes);

    public static implicit operator Bytes(string text) => FromString(text);

    public static implicit operator Bytes(byte[] bytes) => FromByteArray(bytes);

    public static bool operator ==(Bytes left, Bytes right) => left.Equals(right);

    public static bool operator !=(Bytes left, Bytes right) => !left.Equals(right);

    public bool Equals(Bytes other) => Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => obj is Bytes other && Equals(other);

    // Fast and stable; equality decides.
    public override int GetHashCode() => unchecked((int)Base.Codec.Hash64.Compute(Span));

    /// <summary>The bytes read as UTF-8; what is not UTF-8 shows as U+FFFD.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Span);
}
