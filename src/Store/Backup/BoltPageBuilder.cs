using System.Buffers;
using System.Buffers.Binary;

namespace Keelson.Store.Backup;

/// <summary>The page of one tree level being filled: a leaf, or a branch with child page ids as values.</summary>
internal sealed class BoltPageBuilder(bool isLeaf)
{
    private readonly List<(uint Flags, int KeyLength, int ValueLength, long Child)> _elements = [];
    private readonly ArrayBufferWriter<byte> _data = new();
    private int _dataBytes;
    private byte[] _firstKey = [];

    public int Count => _elements.Count;

    public int UsedBytes => BoltFormat.PageHeaderBytes + (_elements.Count * BoltFormat.ElementBytes) + _dataBytes;

    /// <summary>The smallest key of the page, by which its parent knows it.</summary>
    public ReadOnlySpan<byte> FirstKey => _firstKey;

    public long OnlyChild => _elements[0].Child;

    /// <summary>Whether one more element stays within a page without overflow.</summary>
    public bool Fits(int keyLength, int valueLength) =>
        Count < BoltFormat.ElementsMax
        && (long)UsedBytes + BoltFormat.ElementBytes + keyLength + valueLength <= BoltFormat.PageBytes;

    /// <summary>Adds a branch element.</summary>
    public void AddChild(ReadOnlySpan<byte> key, long child)
    {
        Begin(key);
        _elements.Add((0, key.Length, 0, child));
        _data.Write(key);
        _dataBytes += key.Length;
    }

    /// <summary>Adds a leaf element and returns where its value goes; empty when only measuring.</summary>
    public Span<byte> AddEntry(uint flags, ReadOnlySpan<byte> key, int valueLength, bool measuring)
    {
        Begin(key);
        _elements.Add((flags, key.Length, valueLength, 0));
        _dataBytes = checked(_dataBytes + key.Length + valueLength);
        if (measuring)
        {
            return default;
        }

        _data.Write(key);
        Span<byte> value = _data.GetSpan(valueLength + 1)[..valueLength];
        _data.Advance(valueLength);
        return value;
    }

    /// <summary>Appends the page to the stream, empties the builder and returns the page's id.</summary>
    public long Flush(BoltPageStream pages)
    {
        ushort flags = isLeaf ? BoltFormat.LeafPage : BoltFormat.BranchPage;
        long id = pages.Append(UsedBytes, flags, Count, out Span<byte> page);
        if (!pages.Measuring)
        {
            WriteContent(page);
        }

        Clear();
        return id;
    }

    /// <summary>Writes the page as an inline bucket's: with a header, page id 0, without padding.</summary>
    public void WriteInline(Span<byte> destination)
    {
        BoltFormat.WriteHeader(destination, 0, BoltFormat.LeafPage, Count, 0);
        WriteContent(destination);
    }

    public void Clear()
    {
        _elements.Clear();
        _data.ResetWrittenCount();
        _dataBytes = 0;
    }

    private void Begin(ReadOnlySpan<byte> key)
    {
        if (_elements.Count == 0)
        {
            _firstKey = key.ToArray();
        }
    }

    private void WriteContent(Span<byte> page)
    {
        int element = BoltFormat.PageHeaderBytes;
        int data = element + (Count * BoltFormat.ElementBytes);
        _data.WrittenSpan.CopyTo(page[data..]);
        foreach ((uint flags, int keyLength, int valueLength, long child) in _elements)
        {
            Span<byte> target = page[element..];
            if (isLeaf)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(target, flags);
                BinaryPrimitives.WriteInt32LittleEndian(target[4..], data - element);
                BinaryPrimitives.WriteInt32LittleEndian(target[8..], keyLength);
                BinaryPrimitives.WriteInt32LittleEndian(target[12..], valueLength);
            }
            else
            {
                BinaryPrimitives.WriteInt32LittleEndian(target, data - element);
                BinaryPrimitives.WriteInt32LittleEndian(target[4..], keyLength);
                BinaryPrimitives.WriteInt64LittleEndian(target[8..], child);
            }

            element += BoltFormat.ElementBytes;
            data += keyLength + valueLength;
        }
    }
}
