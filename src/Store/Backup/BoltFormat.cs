using System.Buffers.Binary;

namespace Keelson.Store.Backup;

/// <summary>Sizes, offsets and flags of a bbolt file (docs/formats/backup.md); all integers little-endian.</summary>
internal static class BoltFormat
{
    public const uint Magic = 0xED0CDAED;
    public const uint Version = 2;

    /// <summary>The page size that we write: the one of every Linux machine that etcd runs on.</summary>
    public const int PageBytes = 4096;

    public const int PageHeaderBytes = 16;
    public const int ElementBytes = 16;
    public const int BucketHeaderBytes = 16;
    public const int MetaBytes = 64;

    public const ushort BranchPage = 0x01;
    public const ushort LeafPage = 0x02;
    public const ushort MetaPage = 0x04;
    public const ushort FreelistPage = 0x10;

    /// <summary>A leaf element whose value is a bucket.</summary>
    public const uint BucketElement = 0x01;

    public const int CountOffset = 10;
    public const int OverflowOffset = 12;

    /// <summary>Pages whose element count does not fit are split before: the field has 16 bits.</summary>
    public const int ElementsMax = 0xFFFE;

    /// <summary>A larger file's trees are at most eight levels deep; more is damage, and a cycle ends here.</summary>
    public const int DepthMax = 32;

    public static void WriteHeader(Span<byte> page, long id, ushort flags, int count, long overflow)
    {
        BinaryPrimitives.WriteInt64LittleEndian(page, id);
        BinaryPrimitives.WriteUInt16LittleEndian(page[8..], flags);
        BinaryPrimitives.WriteUInt16LittleEndian(page[CountOffset..], checked((ushort)count));
        BinaryPrimitives.WriteUInt32LittleEndian(page[OverflowOffset..], checked((uint)overflow));
    }

    /// <summary>How many pages <paramref name="bytes"/> bytes take.</summary>
    public static long Pages(long bytes) => (bytes + PageBytes - 1) / PageBytes;
}
