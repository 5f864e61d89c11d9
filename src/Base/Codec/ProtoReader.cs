using System.Buffers.Binary;

namespace Keelson.Base.Codec;

/// <summary>
/// Reads one protobuf message without making objects. Damage is a value, not an exception: the first malformed byte
/// makes <see cref="Malformed"/> true for good, ends <see cref="Next"/> and turns every read into zero or empty.
/// </summary>
/// <example><code>
/// var reader = new ProtoReader(message);
/// while (reader.Next())
/// {
///     switch (reader.Field)
///     {
///         case 1: key = reader.ReadBytes(); break;
///         case 2: limit = reader.ReadInt64(); break;
///         default: reader.Skip(); break;
///     }
/// }
/// </code></example>
public ref struct ProtoReader
{
    /// <summary>Groups nest; deeper ones are refused instead of recursing without bound.</summary>
    private const int GroupDepthMax = 32;

    private readonly ReadOnlySpan<byte> _message;
    private int _position;
    private bool _malformed;

    public ProtoReader(ReadOnlySpan<byte> message)
    {
        _message = message;
    }

    /// <summary>The field number that <see cref="Next"/> found.</summary>
    public int Field { get; private set; }

    public WireType WireType { get; private set; }

    /// <summary>True once anything could not be read; the message must then be refused as a whole.</summary>
    public readonly bool Malformed => _malformed;

    /// <summary>Bytes consumed so far.</summary>
    public readonly int Position => _position;

    /// <summary>
    /// Moves to the next field; its value must then be read or skipped. False at the end or on damage.
    /// </summary>
    public bool Next()
    {
        if (_malformed || _position == _message.Length)
        {
            return false;
        }

        ulong tag = ReadRawVarint();
        Field = (int)Math.Min(tag >> 3, int.MaxValue);
        WireType = (WireType)(tag & 7);
        _malformed |= !IsFieldNumber(Field) || WireType is WireType.EndGroup or > WireType.Fixed32;
        return !_malformed;
    }

    public ulong ReadUInt64()
    {
        Expect(WireType.Varint);
        return _malformed ? 0 : ReadRawVarint();
    }

    public long ReadInt64() => unchecked((long)ReadUInt64());

    /// <summary>An int32 or enum: the low 32 bits, as protobuf defines it.</summary>
    public int ReadInt32() => unchecked((int)ReadUInt64());

    public bool ReadBool() => ReadUInt64() != 0;

    /// <summary>A bytes, string or message field: a slice of the message, not a copy.</summary>
    public ReadOnlySpan<byte> ReadBytes()
    {
        Expect(WireType.Length);
        ulong length = _malformed ? 0 : ReadRawVarint();
        return Take(length);
    }

    public uint ReadFixed32()
    {
        Expect(WireType.Fixed32);
        ReadOnlySpan<byte> bytes = Take(sizeof(uint));
        return bytes.IsEmpty ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    public ulong ReadFixed64()
    {
        Expect(WireType.Fixed64);
        ReadOnlySpan<byte> bytes = Take(sizeof(ulong));
        return bytes.IsEmpty ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>Passes over the value of an unknown field.</summary>
    public void Skip() => Skip(WireType, Field, GroupDepthMax);

    private void Skip(WireType type, int field, int depthLeft)
    {
        switch (type)
        {
            case WireType.Varint:
                ReadRawVarint();
                break;
            case WireType.Fixed64:
                Take(sizeof(ulong));
                break;
            case WireType.Fixed32:
                Take(sizeof(uint));
                break;
            case WireType.Length:
                Take(ReadRawVarint());
                break;
            case WireType.StartGroup when depthLeft > 0:
                SkipGroup(field, depthLeft - 1);
                break;
            default:
                _malformed = true;
                break;
        }
    }

    private void SkipGroup(int field, int depthLeft)
    {
        while (!_malformed)
        {
            ulong tag = ReadRawVarint();
            var type = (WireType)(tag & 7);
            int inner = (int)Math.Min(tag >> 3, int.MaxValue);
            if (type == WireType.EndGroup)
            {
                _malformed |= inner != field;
                return;
            }

            _malformed |= !IsFieldNumber(inner);
            Skip(type, inner, depthLeft);
        }
    }

    /// <summary>Field numbers go from 1 to 2^29 - 1 (protobuf encoding guide).</summary>
    private static bool IsFieldNumber(int field) => field is > 0 and <= 536_870_911;

    private void Expect(WireType type) => _malformed |= WireType != type;

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (_malformed || length > (ulong)(_message.Length - _position))
        {
            _malformed = true;
            return default;
        }

        ReadOnlySpan<byte> slice = _message.Slice(_position, (int)length);
        _position += (int)length;
        return slice;
    }

    private ulong ReadRawVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64 && _position < _message.Length; shift += 7)
        {
            byte part = _message[_position++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                // The tenth byte carries one bit; more would be cut silently.
                _malformed |= shift == 63 && part > 1;
                return value;
            }
        }

        _malformed = true;
        return 0;
    }
}
