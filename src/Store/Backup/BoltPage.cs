using System.Buffers.Binary;

namespace Keelson.Store.Backup;

/// <summary>A branch or leaf page, overflow included, whose every element lies inside it.</summary>
internal sealed class BoltPage
{
    private readonly byte[] _bytes;

    private BoltPage(byte[] bytes, long offset)
    {
        _bytes = bytes;
        Offset = offset;
    }

    /// <summary>Where the page (of an inline bucket: the page around it) lies in the file.</summary>
    public long Offset { get; }

    public bool IsLeaf => Flags == BoltFormat.LeafPage;

    public int Count => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(BoltFormat.CountOffset));

    private ushort Flags => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(8));

    public static BoltPage Check(byte[] bytes, string file, long offset)
    {
        var page = new BoltPage(bytes, offset);
        if (page.Flags is not (BoltFormat.LeafPage or BoltFormat.BranchPage))
        {
            throw new StoreDamageException(file, offset, "a leaf or branch page", $"flags 0x{page.Flags:X}");
        }

        long elementsEnd = BoltFormat.PageHeaderBytes + ((long)page.Count * BoltFormat.ElementBytes);
        if (elementsEnd > bytes.Length)
        {
            throw new StoreDamageException(file, offset, "elements inside the page", $"{page.Count} elements");
        }

        for (int index = 0; index < page.Count; index++)
        {
            (long start, long keyLength, long valueLength) = page.Place(index);
            if (start < elementsEnd || start + keyLength + valueLength > bytes.Length)
            {
                throw new StoreDamageException(
                    file,
                    offset,
                    "keys and values inside the page",
                    $"element {index}: {start}+{keyLength}+{valueLength}");
            }
        }

        return page;
    }

    public ReadOnlySpan<byte> Key(int index)
    {
        (long start, long keyLength, _) = Place(index);
        return _bytes.AsSpan((int)start, (int)keyLength);
    }

    public ReadOnlySpan<byte> Value(int index)
    {
        (long start, long keyLength, long valueLength) = Place(index);
        return _bytes.AsSpan((int)(start + keyLength), (int)valueLength);
    }

    public long Child(int index) => BinaryPrimitives.ReadInt64LittleEndian(Element(index)[8..]);

    public bool IsBucket(int index) =>
        IsLeaf && (BinaryPrimitives.ReadUInt32LittleEndian(Element(index)) & BoltFormat.BucketElement) != 0;

    private Span<byte> Element(int index) =>
        _bytes.AsSpan(BoltFormat.PageHeaderBytes + (index * BoltFormat.ElementBytes), BoltFormat.ElementBytes);

    // Positions count from the start of their element.
    private (long Start, long KeyLength, long ValueLength) Place(int index)
    {
        Span<byte> element = Element(index);
        long at = BoltFormat.PageHeaderBytes + ((long)index * BoltFormat.ElementBytes);
        return IsLeaf
            ? (at + BinaryPrimitives.ReadUInt32LittleEndian(element[4..]),
                BinaryPrimitives.ReadUInt32LittleEndian(element[8..]),
                BinaryPrimitives.ReadUInt32LittleEndian(element[12..]))
            : (at + BinaryPrimitives.ReadUInt32LittleEndian(element),
                BinaryPrimitives.ReadUInt32LittleEndian(element[4..]),
                0);
    }
}
