using System.Buffers.Binary;
using System.Runtime.Intrinsics.X86;
using ArmCrc32 = System.Runtime.Intrinsics.Arm.Crc32;

namespace Keelson.Base.Codec;

/// <summary>
/// CRC-32C (Castagnoli, RFC 3720 appendix B.4), the checksum of every structure on disk and of HashKV.
/// </summary>
public static class Crc32C
{
    private const uint ReversedPolynomial = 0x82F63B78;
    private static readonly uint[] Table = BuildTable();

    public static uint Compute(ReadOnlySpan<byte> bytes) => Append(0, bytes);

    /// <summary>Continues <paramref name="crc"/> (0 to begin) over <paramref name="bytes"/>.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        crc = ~crc;
        if (Sse42.X64.IsSupported)
        {
            while (bytes.Length >= sizeof(ulong))
            {
                crc = (uint)Sse42.X64.Crc32(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
                bytes = bytes[sizeof(ulong)..];
            }
        }
        else if (ArmCrc32.Arm64.IsSupported)
        {
            while (bytes.Length >= sizeof(ulong))
            {
                crc = ArmCrc32.Arm64.ComputeCrc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
                bytes = bytes[sizeof(ulong)..];
            }
        }

        return ~AppendBytewise(crc, bytes);
    }

    /// <summary>The portable definition; the accelerated paths are tested against it.</summary>
    internal static uint ComputeBytewise(ReadOnlySpan<byte> bytes) => ~AppendBytewise(~0u, bytes);

    private static uint AppendBytewise(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            crc = Table[(crc ^ value) & 0xFF] ^ (crc >> 8);
        }

        return crc;
    }

    private static uint[] BuildTable()
    {
        var table = new uint[256];
        for (uint index = 0; index < table.Length; index++)
        {
            uint value = index;
            for (int bit = 0; bit < 8; bit++)
            {
                value = (value & 1) == 0 ? value >> 1 : (value >> 1) ^ ReversedPolynomial;
            }

            table[index] = value;
        }

        return table;
    }
}
