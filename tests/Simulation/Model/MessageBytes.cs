using System.Text;
using Keelson.Base.Codec;

namespace Keelson.Simulation.Model;

/// <summary>A growing protobuf message; zero and empty values are left out, as proto3 has it.</summary>
internal sealed class MessageBytes
{
    private readonly List<byte> _bytes = [];

    public byte[] ToArray() => [.. _bytes];

    public MessageBytes Bytes(int field, string latin1) => latin1.Length == 0 ? this : Present(field, latin1);

    public MessageBytes Int64(int field, long value) => value == 0 ? this : Present(field, value);

    public MessageBytes UInt64(int field, ulong value) => Int64(field, unchecked((long)value));

    public MessageBytes Bool(int field, bool value) => Int64(field, value ? 1 : 0);

    public MessageBytes Message(int field, MessageBytes message) => Raw(field, message.ToArray());

    /// <summary>Another message's fields behind these: of one that may be there once the last one counts.</summary>
    public MessageBytes Then(MessageBytes more) => Then(more.ToArray());

    /// <summary>Bytes that need not be a field.</summary>
    public MessageBytes Then(params byte[] more)
    {
        _bytes.AddRange(more);
        return this;
    }

    /// <summary>Writes the field even when it is empty.</summary>
    public MessageBytes Present(int field, string latin1) => Raw(field, Encoding.Latin1.GetBytes(latin1));

    /// <summary>Writes the field even when it is zero.</summary>
    public MessageBytes Present(int field, long value)
    {
        Varint(((ulong)field << 3) | (ulong)WireType.Varint);
        Varint(unchecked((ulong)value));
        return this;
    }

    private MessageBytes Raw(int field, byte[] bytes)
    {
        Varint(((ulong)field << 3) | (ulong)WireType.Length);
        Varint((ulong)bytes.Length);
        _bytes.AddRange(bytes);
        return this;
    }

    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            _bytes.Add((byte)((value & 0x7F) | 0x80));
        }

        _bytes.Add((byte)value);
    }
}
