using System.Numerics;

namespace Keelson.Base.Codec;

/// <summary>
/// Sizes in bytes of protobuf fields as <see cref="ProtoWriter"/> writes them: absent when zero or empty.
/// </summary>
public static class ProtoSize
{
    /// <summary>The longest varint.</summary>
    public const int VarintBytesMax = 10;

    public static int Varint(ulong value) => ((BitOperations.Log2(value | 1) * 9) + 73) / 64;

    public static int Tag(int field) => Varint((ulong)field << 3);

    public static int UInt64(int field, ulong value) => value == 0 ? 0 : Tag(field) + Varint(value);

    public static int Int64(int field, long value) => UInt64(field, unchecked((ulong)value));

    public static int Bool(int field, bool value) => value ? Tag(field) + 1 : 0;

    public static int Bytes(int field, int length) => length == 0 ? 0 : Message(field, length);

    /// <summary>A submessage, written even when empty.</summary>
    public static int Message(int field, int length) => Tag(field) + Varint((ulong)length) + length;
}
