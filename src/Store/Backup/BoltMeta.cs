using System.Buffers.Binary;

namespace Keelson.Store.Backup;

/// <summary>What a bbolt meta page says, after its header.</summary>
internal readonly record struct BoltMeta(
    int PageBytes, long RootPage, long FreelistPage, long PagesEnd, ulong Transaction)
{
    private const int ChecksumOffset = BoltFormat.MetaBytes - sizeof(ulong);
    private const int PageBytesMin = 512;
    private const int PageBytesMax = 64 * 1024;

    /// <summary>Reads the bytes after the page header; false: magic, version, checksum or page size is wrong.</summary>
    public static bool TryRead(ReadOnlySpan<byte> meta, out BoltMeta result)
    {
        uint pageBytes = BinaryPrimitives.ReadUInt32LittleEndian(meta[8..]);
        result = new BoltMeta(
            unchecked((int)pageBytes),
            BinaryPrimitives.ReadInt64LittleEndian(meta[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(meta[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(meta[40..]),
            BinaryPrimitives.ReadUInt64LittleEndian(meta[48..]));
        return BinaryPrimitives.ReadUInt32LittleEndian(meta) == BoltFormat.Magic
            && BinaryPrimitives.ReadUInt32LittleEndian(meta[4..]) == BoltFormat.Version
            && BinaryPrimitives.ReadUInt64LittleEndian(meta[ChecksumOffset..]) == Checksum(meta[..ChecksumOffset])
            && pageBytes is >= PageBytesMin and <= PageBytesMax
            && (pageBytes & (pageBytes - 1)) == 0;
    }

    public void Write(Span<byte> meta)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(meta, BoltFormat.Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(meta[4..], BoltFormat.Version);
        BinaryPrimitives.WriteInt32LittleEndian(meta[8..], PageBytes);
        BinaryPrimitives.WriteInt64LittleEndian(meta[16..], RootPage);
        BinaryPrimitives.WriteInt64LittleEndian(meta[32..], FreelistPage);
        BinaryPrimitives.WriteInt64LittleEndian(meta[40..], PagesEnd);
        BinaryPrimitives.WriteUInt64LittleEndian(meta[48..], Transaction);
        BinaryPrimitives.WriteUInt64LittleEndian(meta[ChecksumOffset..], Checksum(meta[..ChecksumOffset]));
    }

    // FNV-1a, 64 bits (draft-eastlake-fnv): the product wraps by definition.
    private static ulong Checksum(ReadOnlySpan<byte> bytes)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (byte value in bytes)
        {
            hash = unchecked((hash ^ value) * 0x100000001B3);
        }

        return hash;
    }
}
