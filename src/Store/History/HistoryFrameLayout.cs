using System.Buffers.Binary;
using Keelson.Base.Codec;
using Keelson.Base.Identity;

namespace Keelson.Store.History;

/// <summary>Where the fields of a frame are (docs/formats/history.md, Frame). Little-endian.</summary>
internal static class HistoryFrameLayout
{
    public const int ChecksumOffset = 0;
    public const int LengthOffset = 4;
    public const int MainOffset = 8;
    public const int SubOffset = 16;
    public const int FlagsOffset = 20;
    public const int HeaderBytes = 24;

    /// <summary>Payload of a batch end: log index, term, cluster time, chain hash.</summary>
    public const int BatchEndBytes = 32;

    /// <summary>The chain hash covers a batch end from its revision up to, not including, the chain hash.</summary>
    public const int BatchEndHashedBytes = HeaderBytes - MainOffset + ChainHashOffset;

    public const int IndexOffset = 0;
    public const int TermOffset = 8;
    public const int ClusterTimeOffset = 16;
    public const int ChainHashOffset = 24;

    /// <summary>Above any request that a server admits, below what an offset inside a segment can count.</summary>
    public const int PayloadBytesMax = 1 << 28;

    /// <summary>Writes all of the header but the checksum.</summary>
    public static void WriteHeader(Span<byte> frame, ChangeRevision revision, HistoryFlags flags)
    {
        BinaryPrimitives.WriteInt32LittleEndian(frame[LengthOffset..], frame.Length - HeaderBytes);
        BinaryPrimitives.WriteInt64LittleEndian(frame[MainOffset..], revision.Main);
        BinaryPrimitives.WriteInt32LittleEndian(frame[SubOffset..], revision.Sub);
        BinaryPrimitives.WriteInt32LittleEndian(frame[FlagsOffset..], (int)flags);
    }

    /// <summary>Writes the checksum over everything behind it.</summary>
    public static void Seal(Span<byte> frame) =>
        BinaryPrimitives.WriteUInt32LittleEndian(frame[ChecksumOffset..], Crc32C.Compute(frame[LengthOffset..]));

    public static bool IsIntact(ReadOnlySpan<byte> frame) =>
        BinaryPrimitives.ReadUInt32LittleEndian(frame[ChecksumOffset..]) == Crc32C.Compute(frame[LengthOffset..]);

    public static ChangeRevision Revision(ReadOnlySpan<byte> frame) => new(
        BinaryPrimitives.ReadInt64LittleEndian(frame[MainOffset..]),
        BinaryPrimitives.ReadInt32LittleEndian(frame[SubOffset..]));

    public static HistoryFlags Flags(ReadOnlySpan<byte> frame) =>
        (HistoryFlags)BinaryPrimitives.ReadInt32LittleEndian(frame[FlagsOffset..]);

    /// <summary>
    /// The length of the frame that <paramref name="bytes"/> begin with; 0 when it is not wholly there.
    /// </summary>
    public static int FrameBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes)
        {
            return 0;
        }

        uint payload = BinaryPrimitives.ReadUInt32LittleEndian(bytes[LengthOffset..]);
        return payload <= (uint)(bytes.Length - HeaderBytes) ? HeaderBytes + (int)payload : 0;
    }
}
