using System.Buffers.Binary;
using System.Numerics;

namespace Keelson.Base.Codec;

/// <summary>
/// XXH64 (Yann Collet's xxHash specification, version 0.1.1): the 64-bit hash of log chains and of outcome chains.
/// Stable across processes and machines, not cryptographic.
/// </summary>
public static class Hash64
{
    private const int StripeBytes = 32;
    private const ulong Prime1 = 0x9E3779B185EBCA87;
    private const ulong Prime2 = 0xC2B2AE3D27D4EB4F;
    private const ulong Prime3 = 0x165667B19E3779F9;
    private const ulong Prime4 = 0x85EBCA77C2B2AE63;
    private const ulong Prime5 = 0x27D4EB2F165667C5;

    /// <summary>
    /// The hash of <paramref name="bytes"/>; a chain passes the previous hash as <paramref name="seed"/>.
    /// </summary>
    public static ulong Compute(ReadOnlySpan<byte> bytes, ulong seed = 0)
    {
        // Modular arithmetic is the definition of the hash.
        unchecked
        {
            ulong length = (ulong)bytes.Length;
            ulong hash = bytes.Length >= StripeBytes ? ConsumeStripes(ref bytes, seed) : seed + Prime5;
            return Avalanche(ConsumeTail(hash + length, bytes));
        }
    }

    private static ulong ConsumeStripes(ref ReadOnlySpan<byte> bytes, ulong seed)
    {
        unchecked
        {
            ulong first = seed + Prime1 + Prime2;
            ulong second = seed + Prime2;
            ulong third = seed;
            ulong fourth = seed - Prime1;
            while (bytes.Length >= StripeBytes)
            {
                first = Round(first, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
                second = Round(second, BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
                third = Round(third, BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]));
                fourth = Round(fourth, BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]));
                bytes = bytes[StripeBytes..];
            }

            ulong hash = BitOperations.RotateLeft(first, 1) + BitOperations.RotateLeft(second, 7)
                + BitOperations.RotateLeft(third, 12) + BitOperations.RotateLeft(fourth, 18);
            return Merge(Merge(Merge(Merge(hash, first), second), third), fourth);
        }
    }

    private static ulong ConsumeTail(ulong hash, ReadOnlySpan<byte> bytes)
    {
        unchecked
        {
            while (bytes.Length >= sizeof(ulong))
            {
                hash ^= Round(0, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
                hash = (BitOperations.RotateLeft(hash, 27) * Prime1) + Prime4;
                bytes = bytes[sizeof(ulong)..];
            }

            if (bytes.Length >= sizeof(uint))
            {
                hash ^= BinaryPrimitives.ReadUInt32LittleEndian(bytes) * Prime1;
                hash = (BitOperations.RotateLeft(hash, 23) * Prime2) + Prime3;
                bytes = bytes[sizeof(uint)..];
            }

            foreach (byte value in bytes)
            {
                hash ^= value * Prime5;
                hash = BitOperations.RotateLeft(hash, 11) * Prime1;
            }

            return hash;
        }
    }

    private static ulong Round(ulong accumulator, ulong input) =>
        unchecked(BitOperations.RotateLeft(accumulator + (input * Prime2), 31) * Prime1);

    private static ulong Merge(ulong hash, ulong accumulator) =>
        unchecked(((hash ^ Round(0, accumulator)) * Prime1) + Prime4);

    private static ulong Avalanche(ulong hash)
    {
        unchecked
        {
            hash = (hash ^ (hash >> 33)) * Prime2;
            hash = (hash ^ (hash >> 29)) * Prime3;
            return hash ^ (hash >> 32);
        }
    }
}
