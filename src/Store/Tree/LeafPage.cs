using System.Buffers.Binary;
using Keelson.Base.Identity;

namespace Keelson.Store.Tree;

/// <summary>
/// A leaf as its bytes show it: entries in key order, of one key the newest first. All entries of one key in a page
/// share one key cell, so that equal key offsets mean equal keys.
/// </summary>
internal readonly ref struct LeafPage
{
    public const int NoKey = -1;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly ReadOnlySpan<byte> _cells;

    public LeafPage(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
        _cells = bytes[(PageLayout.HeaderBytes + PageLayout.PrefixLength(bytes))..];
    }

    public ReadOnlySpan<byte> Bytes => _bytes;

    public int Count => PageLayout.Count(_bytes);

    public ReadOnlySpan<byte> Prefix => PageLayout.Prefix(_bytes);

    public long BaseRevision => PageLayout.BaseRevision(_bytes);

    /// <summary>Identifies the key of a slot within this page.</summary>
    public int KeyOffset(int slot) => BinaryPrimitives.ReadUInt16LittleEndian(_bytes[SlotAt(slot)..]);

    public ReadOnlySpan<byte> Suffix(int slot) => SuffixAt(KeyOffset(slot));

    public KeyView Key(int slot) => new(Prefix, Suffix(slot));

    public bool Live(int slot) => (_cells[EntryOffset(slot)] & LeafCell.LiveFlag) != 0;

    public ChangeRevision Revision(int slot) => LeafCell.Read(_cells[EntryOffset(slot)..], BaseRevision, out _);

    public ReadOnlySpan<byte> Payload(int slot)
    {
        ReadOnlySpan<byte> cell = _cells[EntryOffset(slot)..];
        LeafCell.Read(cell, BaseRevision, out Range payload);
        return cell[payload];
    }

    public TreeEntry Entry(int slot)
    {
        ReadOnlySpan<byte> cell = _cells[EntryOffset(slot)..];
        ChangeRevision revision = LeafCell.Read(cell, BaseRevision, out Range payload);
        return new TreeEntry(Key(slot), revision, cell[payload], (cell[0] & LeafCell.LiveFlag) != 0);
    }

    /// <summary>Where the slot's version begins, in bytes of the page.</summary>
    public int EntryPosition(int slot) => _bytes.Length - _cells.Length + EntryOffset(slot);

    public int EntryBytes(int slot)
    {
        LeafCell.Read(_cells[EntryOffset(slot)..], BaseRevision, out Range payload);
        return payload.End.Value;
    }

    public int KeyCellBytes(int slot)
    {
        int suffix = Suffix(slot).Length;
        return Varint.Size((ulong)suffix) + suffix;
    }

    /// <summary>
    /// The first slot at or after the position. <paramref name="keyOffset"/> identifies the key if the page has it,
    /// else <see cref="NoKey"/>.
    /// </summary>
    public int Search(ReadOnlySpan<byte> key, ChangeRevision revision, out int keyOffset)
    {
        keyOffset = NoKey;
        ReadOnlySpan<byte> prefix = Prefix;
        int count = Count;
        if (!key.StartsWith(prefix))
        {
            return key.SequenceCompareTo(prefix) < 0 ? 0 : count;
        }

        ReadOnlySpan<byte> suffix = key[prefix.Length..];
        int low = 0;
        int high = count;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            int offset = KeyOffset(middle);
            int order = suffix.SequenceCompareTo(SuffixAt(offset));
            if (order == 0)
            {
                // The search compares both neighbours of its result: a key that is here is met.
                keyOffset = offset;
                // No version is behind the last one: whoever looks for the newest touches no cell.
                order = revision == ChangeRevision.Last ? -1 : Revision(middle).CompareTo(revision);
            }

            low = order > 0 ? middle + 1 : low;
            high = order > 0 ? high : middle;
        }

        return low;
    }

    /// <summary>The first slot after those of the key at <paramref name="slot"/>.</summary>
    public int RunEnd(int slot)
    {
        int offset = KeyOffset(slot);
        int low = slot + 1;
        int high = Count;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            bool same = KeyOffset(middle) == offset;
            low = same ? middle + 1 : low;
            high = same ? high : middle;
        }

        return low;
    }

    private int SlotAt(int slot) => _bytes.Length - ((slot + 1) * PageLayout.LeafSlotBytes);

    private int EntryOffset(int slot) =>
        BinaryPrimitives.ReadUInt16LittleEndian(_bytes[(SlotAt(slot) + PageLayout.LeafSlotEntryOffset)..]);

    private ReadOnlySpan<byte> SuffixAt(int offset)
    {
        ReadOnlySpan<byte> cell = _cells[offset..];
        int length = (int)Varint.Read(cell, out int size);
        return cell.Slice(size, length);
    }
}
