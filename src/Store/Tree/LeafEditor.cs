using System.Buffers.Binary;

namespace Keelson.Store.Tree;

/// <summary>Changes a leaf's bytes in place. Callers have made the page theirs and made room.</summary>
internal static class LeafEditor
{
    /// <summary>Bytes that <see cref="Insert"/> takes from the gap.</summary>
    public static int InsertBytes(LeafPage page, int keyOffset, TreeEntry entry)
    {
        int suffix = entry.Key.Length - page.Prefix.Length;
        int keyCell = keyOffset == LeafPage.NoKey ? Varint.Size((ulong)suffix) + suffix : 0;
        return PageLayout.LeafSlotBytes + keyCell + LeafCell.Size(entry, page.BaseRevision);
    }

    /// <summary>Inserts at <paramref name="index"/>; the key begins with the page's prefix.</summary>
    public static void Insert(Span<byte> page, int index, int keyOffset, TreeEntry entry)
    {
        int end = PageLayout.CellsEnd(page);
        int cells = CellsStart(page);
        if (keyOffset == LeafPage.NoKey)
        {
            keyOffset = end - cells;
            end += WriteKeyCell(page[end..], entry.Key, PageLayout.PrefixLength(page));
        }

        int entryOffset = end - cells;
        end += LeafCell.Write(page[end..], entry, PageLayout.BaseRevision(page));
        PageLayout.SetCellsEnd(page, end);
        int count = PageLayout.Count(page);
        int moved = (count - index) * PageLayout.LeafSlotBytes;
        int lowest = page.Length - (count * PageLayout.LeafSlotBytes);
        page.Slice(lowest, moved).CopyTo(page[(lowest - PageLayout.LeafSlotBytes)..]);
        PageLayout.SetCount(page, count + 1);
        WriteSlot(page, index, keyOffset, entryOffset);
        PageLayout.NoteInsert(page, index);
    }

    public static void Remove(Span<byte> page, int index)
    {
        var leaf = new LeafPage(page);
        int count = leaf.Count;
        int offset = leaf.KeyOffset(index);
        bool shared = (index > 0 && leaf.KeyOffset(index - 1) == offset)
            || (index + 1 < count && leaf.KeyOffset(index + 1) == offset);
        PageLayout.AddGarbage(page, leaf.EntryBytes(index) + (shared ? 0 : leaf.KeyCellBytes(index)));
        int moved = (count - index - 1) * PageLayout.LeafSlotBytes;
        int lowest = page.Length - (count * PageLayout.LeafSlotBytes);
        page.Slice(lowest, moved).CopyTo(page[(lowest + PageLayout.LeafSlotBytes)..]);
        PageLayout.SetCount(page, count - 1);
        PageLayout.SetLastInsert(page, PageLayout.NoInsert, 0);
    }

    /// <summary>Overwrites the version at <paramref name="index"/> if the new one has the same size.</summary>
    public static bool TryOverwrite(Span<byte> page, int index, TreeEntry entry)
    {
        var leaf = new LeafPage(page);
        if (LeafCell.Size(entry, leaf.BaseRevision) != leaf.EntryBytes(index))
        {
            return false;
        }

        LeafCell.Write(page[leaf.EntryPosition(index)..], entry, leaf.BaseRevision);
        return true;
    }

    public static void SetLive(Span<byte> page, int index, bool live)
    {
        ref byte head = ref page[new LeafPage(page).EntryPosition(index)];
        head = (byte)(live ? head | LeafCell.LiveFlag : head & ~LeafCell.LiveFlag);
    }

    public static int WriteKeyCell(Span<byte> target, KeyView key, int prefixLength)
    {
        int suffix = key.Length - prefixLength;
        int size = Varint.Write(target, (ulong)suffix);
        key.CopyTo(target[size..], prefixLength);
        return size + suffix;
    }

    public static void WriteSlot(Span<byte> page, int index, int keyOffset, int entryOffset)
    {
        Span<byte> slot = page[(page.Length - ((index + 1) * PageLayout.LeafSlotBytes))..];
        BinaryPrimitives.WriteUInt16LittleEndian(slot, (ushort)keyOffset);
        BinaryPrimitives.WriteUInt16LittleEndian(slot[PageLayout.LeafSlotEntryOffset..], (ushort)entryOffset);
    }

    private static int CellsStart(ReadOnlySpan<byte> page) =>
        PageLayout.HeaderBytes + PageLayout.PrefixLength(page);
}
