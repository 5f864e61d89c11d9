namespace Keelson.Base.Codec;

/// <summary>
/// Writes protobuf fields into a span that the caller sized with <see cref="ProtoSize"/>. Follows proto3: zero and
/// empty values are left out.
/// </summary>
/// <exception cref="IndexOutOfRangeException">The span is too small: a bug of the caller.</exception>
public ref struct ProtoWriter
{
    private readonly Span<byte> _destination;

    public ProtoWriter(Span<byte> destination)
    {
        _destination = destination;
    }

    /// <summary>Bytes written so far.</summary>
    public int Position { get; private set; }

    public void UInt64(int field, ulong value)
    {
        if (value != 0)
        {
            Tag(field, WireType.Varint);
            Varint(value);
        }
    }

    public void Int64(int field, long value) => UInt64(field, unchecked((ulong)value));

    public void Bool(int field, bool value) => UInt64(field, value ? 1UL : 0UL);

    public void Bytes(int field, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty)
        {
            BeginMessage(field, value.Length);
            Raw(value);
        }
    }

    /// <summary>Writes tag and length of a submessage; its <paramref name="length"/> bytes must follow.</summary>
    public void BeginMessage(int field, int length)
    {
        Tag(field, WireType.Length);
        Varint((ulong)length);
    }

    public void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_destination[Position..]);
        Position += bytes.Length;
    }

    public void Tag(int field, WireType type) => Varint(((ulong)field << 3) | (ulong)type);

    public void Varint(ulong value)
    {
        int position = Position;
        while (value >= 0x80)
        {
            _destination[position++] = (byte)(value & 0x7F | 0x80);
            value >>= 7;
        }

        _destination[position++] = (byte)value;
        Position = position;
    }
}
