using System.Buffers.Binary;

namespace Keelson.Store.Tree;

/// <summary>Changes an inner page's bytes in place. Callers have made the page theirs and made room.</summary>
internal static class InnerEditor
{
    public static int InsertBytes(ReadOnlySpan<byte> page, InnerEntry entry) =>
        PageLayout.InnerSlotBytes
        + InnerPage.CellBytes(entry.Key.Length - PageLayout.PrefixLength(page), entry.Revision);

    /// <summary>Bytes of a page with two children.</summary>
    public static int RootBytes(InnerEntry right) =>
        PageLayout.HeaderBytes + (2 * PageLayout.InnerSlotBytes)
        + InnerPage.CellBytes(right.Key.Length, right.Revision);

    /// <summary>Writes a page with two children, which fills <paramref name="page"/>.</summary>
    public static void BuildRoot(Span<byte> page, int level, InnerChild left, InnerEntry right)
    {
        PageLayout.Begin(page, level, 0, 0);
        WriteSlot(page, 0, 0, left);
        PageLayout.SetCount(page, 1);
        Insert(page, 1, right);
    }

    /// <summary>Inserts at <paramref name="index"/>, not 0; the separator begins with the page's prefix.</summary>
    public static void Insert(Span<byte> page, int index, InnerEntry entry)
    {
        int offset = PageLayout.CellsEnd(page);
        int size = InnerPage.WriteCell(page[offset..], entry.Key, entry.Revision, PageLayout.PrefixLength(page));
        PageLayout.SetCellsEnd(page, offset + size);
        int count = PageLayout.Count(page);
        int moved = (count - index) * PageLayout.InnerSlotBytes;
        int lowest = page.Length - (count * PageLayout.InnerSlotBytes);
        page.Slice(lowest, moved).CopyTo(page[(lowest - PageLayout.InnerSlotBytes)..]);
        PageLayout.SetCount(page, count + 1);
        WriteSlot(page, index, offset, entry.Child);
        PageLayout.NoteInsert(page, index);
    }

    public static void Remove(Span<byte> page, int index)
    {
        var inner = new InnerPage(page);
        int count = inner.Count;
        if (index > 0)
        {
            PageLayout.AddGarbage(page, inner.KeyCellBytes(index));
        }
        else if (count > 1)
        {
            // The next child becomes the first, which needs no separator.
            PageLayout.AddGarbage(page, inner.KeyCellBytes(1));
            BinaryPrimitives.WriteInt32LittleEndian(Slot(page, 1), 0);
        }

        int moved = (count - index - 1) * PageLayout.InnerSlotBytes;
        int lowest = page.Length - (count * PageLayout.InnerSlotBytes);
        page.Slice(lowest, moved).CopyTo(page[(lowest + PageLayout.InnerSlotBytes)..]);
        PageLayout.SetCount(page, count - 1);
        PageLayout.SetLastInsert(page, PageLayout.NoInsert, 0);
    }

    public static void SetFrame(Span<byte> page, int index, int frame) =>
        BinaryPrimitives.WriteInt32LittleEndian(Slot(page, index)[PageLayout.InnerSlotFrameOffset..], frame);

    public static void AddCounts(Span<byte> page, int index, long live, long all)
    {
        Span<byte> slot = Slot(page, index);
        Add(slot[PageLayout.InnerSlotLiveOffset..], live);
        Add(slot[PageLayout.InnerSlotAllOffset..], all);
    }

    public static void WriteSlot(Span<byte> page, int index, int keyOffset, InnerChild child)
    {
        Span<byte> slot = Slot(page, index);
        BinaryPrimitives.WriteInt32LittleEndian(slot, keyOffset);
        BinaryPrimitives.WriteInt32LittleEndian(slot[PageLayout.InnerSlotFrameOffset..], child.Frame);
        BinaryPrimitives.WriteInt64LittleEndian(slot[PageLayout.InnerSlotLiveOffset..], child.LiveCount);
        BinaryPrimitives.WriteInt64LittleEndian(slot[PageLayout.InnerSlotAllOffset..], child.EntryCount);
    }

    private static void Add(Span<byte> count, long difference) =>
        BinaryPrimitives.WriteInt64LittleEndian(count, BinaryPrimitives.ReadInt64LittleEndian(count) + difference);

    private static Span<byte> Slot(Span<byte> page, int index) =>
        page.Slice(page.Length - ((index + 1) * PageLayout.InnerSlotBytes), PageLayout.InnerSlotBytes);
}
