using System.Buffers.Binary;

namespace Keelson.Store.Log;

/// <summary>
/// What a prewritten segment holds: not zeros, so that no device skips the write and no lost block looks like a fresh
/// one; tied to the segment's number, so that a misplaced block is recognised by eye.
/// </summary>
internal static class LogPattern
{
    private const ulong Scatter = 0x9E3779B97F4A7C15;

    public static void Fill(Span<byte> bytes, long segment)
    {
        // Modular arithmetic spreads neighbouring numbers; the low bit keeps the pattern from being zero.
        ulong word = unchecked((ulong)segment * Scatter) | 1;
        while (bytes.Length >= sizeof(ulong))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, word);
            bytes = bytes[sizeof(ulong)..];
        }
    }
}
