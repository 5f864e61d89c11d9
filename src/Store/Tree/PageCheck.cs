using System.Buffers.Binary;

namespace Keelson.Store.Tree;

/// <summary>
/// Checks once, when a page is read from disk, that every slot and cell lies inside it; reads need not check again. The
/// checksum says that the bytes are those that were written; this says that no bytes can lead a reader outside.
/// </summary>
internal static class PageCheck
{
    /// <summary>More entries fill terabytes; sums of such counts over a page and a path cannot overflow.</summary>
    private const long EntryCountMax = 1L << 40;

    public static PageFault Find(ReadOnlySpan<byte> page, int level)
    {
        if (page.Length < PageLayout.HeaderBytes)
        {
            return PageFault.TooShort;
        }

        if (PageLayout.Length(page) != page.Length)
        {
            return PageFault.LengthDiffers;
        }

        int found = PageLayout.Level(page);
        if (found >= PageLayout.DepthMax || (level != Frame.LevelUnknown && found != level))
        {
            return PageFault.LevelDiffers;
        }

        if (PageLayout.Count(page) == 0)
        {
            return PageFault.NoEntries;
        }

        if (!BoundsHold(page, found))
        {
            return PageFault.BoundsOverlap;
        }

        return found == 0 ? FindInLeaf(page) : FindInInner(page);
    }

    private static bool BoundsHold(ReadOnlySpan<byte> page, int level)
    {
        long prefix = PageLayout.PrefixLength(page);
        long cellsEnd = PageLayout.CellsEnd(page);
        long slots = (long)PageLayout.Count(page) * (level == 0 ? PageLayout.LeafSlotBytes : PageLayout.DiskSlotBytes);
        return prefix >= 0
            && PageLayout.HeaderBytes + prefix <= cellsEnd
            && cellsEnd + slots == page.Length
            && PageLayout.Garbage(page) >= 0;
    }

    private static PageFault FindInLeaf(ReadOnlySpan<byte> page)
    {
        int cellsStart = PageLayout.HeaderBytes + PageLayout.PrefixLength(page);
        ReadOnlySpan<byte> cells = page[cellsStart..PageLayout.CellsEnd(page)];
        int count = PageLayout.Count(page);
        for (int index = 0; index < count; index++)
        {
            ReadOnlySpan<byte> slot = page[^((index + 1) * PageLayout.LeafSlotBytes)..];
            int key = BinaryPrimitives.ReadUInt16LittleEndian(slot);
            int entry = BinaryPrimitives.ReadUInt16LittleEndian(slot[PageLayout.LeafSlotEntryOffset..]);
            if (key >= cells.Length || !KeyFits(cells[key..]))
            {
                return PageFault.KeyOutOfBounds;
            }

            if (entry >= cells.Length || !LeafCell.Fits(cells[entry..]))
            {
                return PageFault.EntryOutOfBounds;
            }
        }

        return PageFault.None;
    }

    private static PageFault FindInInner(ReadOnlySpan<byte> page)
    {
        int cellsStart = PageLayout.HeaderBytes + PageLayout.PrefixLength(page);
        int cellsEnd = PageLayout.CellsEnd(page);
        int count = PageLayout.Count(page);
        for (int index = 0; index < count; index++)
        {
            ReadOnlySpan<byte> slot = InnerDiskPage.Slot(page, index);
            int key = BinaryPrimitives.ReadInt32LittleEndian(slot);
            if (index > 0
                && (key < cellsStart || key >= cellsEnd || !InnerPage.TryMeasureCell(page[key..cellsEnd], out _)))
            {
                return PageFault.KeyOutOfBounds;
            }

            PageAddress address = InnerDiskPage.Address(slot);
            if (address.Segment <= 0 || address.Offset < 0 || address.Length < PageLayout.HeaderBytes)
            {
                return PageFault.ChildWithoutAddress;
            }

            InnerChild child = InnerDiskPage.Child(slot, 0);
            if (child.LiveCount < 0 || child.EntryCount < child.LiveCount || child.EntryCount > EntryCountMax)
            {
                return PageFault.CountsImpossible;
            }
        }

        return PageFault.None;
    }

    private static bool KeyFits(ReadOnlySpan<byte> cell) =>
        Varint.TryRead(cell, out ulong length, out int size) && length <= (ulong)(cell.Length - size);
}
