using System.Numerics;
using Keelson.Base;

namespace Keelson.Store.Tree;

/// <summary>Little-endian base 128 numbers in page cells, seven bits per byte, lowest first.</summary>
internal static class Varint
{
    public const int BytesMax = 10;
    private const int BitsPerByte = 7;
    private const byte More = 0x80;

    public static int Size(ulong value) => (BitOperations.Log2(value | 1) / BitsPerByte) + 1;

    public static int Write(Span<byte> target, ulong value)
    {
        int size = 0;
        while (value >= More)
        {
            target[size++] = (byte)((value & 0x7F) | More);
            value >>= BitsPerByte;
        }

        target[size] = (byte)value;
        return size + 1;
    }

    /// <summary>Reads a number of a page that was checked when it was loaded.</summary>
    public static ulong Read(ReadOnlySpan<byte> source, out int size)
    {
        byte first = source[0];
        if (first < More)
        {
            size = 1;
            return first;
        }

        Invariant.Require(TryRead(source, out ulong value, out size));
        return value;
    }

    public static bool TryRead(ReadOnlySpan<byte> source, out ulong value, out int size)
    {
        value = 0;
        for (size = 0; size < source.Length && size < BytesMax; size++)
        {
            value |= (ulong)(source[size] & 0x7F) << (size * BitsPerByte);
            if (source[size] < More)
            {
                size++;
                return true;
            }
        }

        return false;
    }

    /// <summary>Maps small distances of either sign to small numbers.</summary>
    public static ulong ZigZag(long value) => unchecked((ulong)((value << 1) ^ (value >> 63)));

    public static long UnZigZag(ulong value) => unchecked((long)(value >> 1) ^ -(long)(value & 1));
}
