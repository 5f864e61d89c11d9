using System.Buffers.Binary;

namespace Keelson.Store.Tree;

/// <summary>Where a page lies on disk, and the CRC-32C of its bytes there.</summary>
internal readonly record struct PageAddress(int Segment, long Offset, int Length, uint Checksum)
{
    public const int EncodedBytes = 20;

    /// <summary>An empty tree has no page.</summary>
    public static PageAddress None => default;

    /// <summary>Segments are numbered from 1.</summary>
    public bool IsNone => Segment == 0;

    public static string FileName(int segment) => string.Create(CultureInfo.InvariantCulture, $"tree-{segment:x16}");

    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteInt32LittleEndian(target, Segment);
        BinaryPrimitives.WriteInt64LittleEndian(target[4..], Offset);
        BinaryPrimitives.WriteInt32LittleEndian(target[12..], Length);
        BinaryPrimitives.WriteUInt32LittleEndian(target[16..], Checksum);
    }

    public static PageAddress Read(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadInt32LittleEndian(source),
        BinaryPrimitives.ReadInt64LittleEndian(source[4..]),
        BinaryPrimitives.ReadInt32LittleEndian(source[12..]),
        BinaryPrimitives.ReadUInt32LittleEndian(source[16..]));
}
