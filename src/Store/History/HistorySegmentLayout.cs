using System.Buffers.Binary;
using Keelson.Base.Codec;
using Keelson.Base.Identity;

namespace Keelson.Store.History;

/// <summary>
/// Header and footer of a segment file (docs/formats/history.md). The footer stands behind the last frame of a closed
/// segment: a head, then the sparse index.
/// </summary>
internal static class HistorySegmentLayout
{
    public const uint FormatVersion = 1;

    public const int MagicOffset = 0;
    public const int VersionOffset = 8;
    public const int ChecksumOffset = 12;
    public const int SegmentOffset = 16;
    public const int FirstMainOffset = 24;
    public const int FirstSubOffset = 32;
    public const int HeaderBytes = 40;

    public const int FooterMagicOffset = 0;
    public const int FooterEntriesOffset = 8;
    public const int FooterChecksumOffset = 12;
    public const int FooterSegmentOffset = 16;
    public const int FooterHeadBytes = 24;

    /// <summary>Segment offsets are 31 bits; this leaves room for the last frame and the footer.</summary>
    public const int SegmentBytesCeiling = 1 << 30;

    /// <summary>Where the frames of a segment may end at most: one frame may pass the ceiling.</summary>
    public const int EndMax = SegmentBytesCeiling + HistoryFrameLayout.PayloadBytesMax + 4096;

    public static ReadOnlySpan<byte> HeaderMagic => "KLSNHIST"u8;

    public static ReadOnlySpan<byte> FooterMagic => "KLSNHEND"u8;

    public static string FileName(ulong segment) => string.Create(
        CultureInfo.InvariantCulture, $"history-{segment:x16}");

    public static void WriteHeader(Span<byte> header, ulong segment, ChangeRevision first)
    {
        header[..HeaderBytes].Clear();
        HeaderMagic.CopyTo(header[MagicOffset..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[VersionOffset..], FormatVersion);
        BinaryPrimitives.WriteUInt64LittleEndian(header[SegmentOffset..], segment);
        BinaryPrimitives.WriteInt64LittleEndian(header[FirstMainOffset..], first.Main);
        BinaryPrimitives.WriteInt32LittleEndian(header[FirstSubOffset..], first.Sub);
        BinaryPrimitives.WriteUInt32LittleEndian(
            header[ChecksumOffset..], Crc32C.Compute(header[SegmentOffset..HeaderBytes]));
    }

    /// <summary>True when the bytes are the header of exactly this segment.</summary>
    public static bool IsHeader(ReadOnlySpan<byte> header, ulong segment, ChangeRevision first)
    {
        Span<byte> expected = stackalloc byte[HeaderBytes];
        WriteHeader(expected, segment, first);
        return header.SequenceEqual(expected);
    }

    public static byte[] EncodeFooter(ulong segment, SparseIndexView index)
    {
        byte[] footer = new byte[FooterHeadBytes + index.Bytes.Length];
        FooterMagic.CopyTo(footer.AsSpan(FooterMagicOffset));
        BinaryPrimitives.WriteInt32LittleEndian(footer.AsSpan(FooterEntriesOffset), index.Count);
        BinaryPrimitives.WriteUInt64LittleEndian(footer.AsSpan(FooterSegmentOffset), segment);
        index.Bytes.CopyTo(footer.AsSpan(FooterHeadBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(
            footer.AsSpan(FooterChecksumOffset), Crc32C.Compute(footer.AsSpan(FooterSegmentOffset)));
        return footer;
    }

    /// <summary>Bytes of a footer whose head is given; 0 when the head is not one of this segment.</summary>
    public static int FooterBytes(ReadOnlySpan<byte> head, ulong segment, int entriesMax)
    {
        if (head.Length < FooterHeadBytes
            || !head[..FooterMagic.Length].SequenceEqual(FooterMagic)
            || BinaryPrimitives.ReadUInt64LittleEndian(head[FooterSegmentOffset..]) != segment)
        {
            return 0;
        }

        uint entries = BinaryPrimitives.ReadUInt32LittleEndian(head[FooterEntriesOffset..]);
        return entries > (uint)entriesMax ? 0 : FooterHeadBytes + ((int)entries * SparseIndexView.EntryBytes);
    }

    public static bool IsFooterIntact(ReadOnlySpan<byte> footer) =>
        BinaryPrimitives.ReadUInt32LittleEndian(footer[FooterChecksumOffset..])
        == Crc32C.Compute(footer[FooterSegmentOffset..]);
}
