using System.Buffers.Binary;

namespace Keelson.Store.Tree;

/// <summary>
/// The disk form of an inner page: header, prefix and separator cells as in memory, slots that name children by address
/// and checksum instead of frame.
/// </summary>
internal static class InnerDiskPage
{
    public static int DiskBytes(ReadOnlySpan<byte> memory) =>
        PageLayout.CellsEnd(memory) + (PageLayout.Count(memory) * PageLayout.DiskSlotBytes);

    public static int MemoryBytes(ReadOnlySpan<byte> disk) =>
        PageLayout.CellsEnd(disk) + (PageLayout.Count(disk) * PageLayout.InnerSlotBytes);

    /// <summary>Writes the disk form, which fills <paramref name="disk"/>.</summary>
    public static void FromMemory(ReadOnlySpan<byte> memory, Span<byte> disk, Func<int, PageAddress> addressOf)
    {
        var page = new InnerPage(memory);
        memory[..PageLayout.CellsEnd(memory)].CopyTo(disk);
        PageLayout.SetLength(disk, disk.Length);
        for (int index = 0; index < page.Count; index++)
        {
            InnerChild child = page.Child(index);
            Span<byte> slot = disk.Slice(disk.Length - ((index + 1) * PageLayout.DiskSlotBytes));
            BinaryPrimitives.WriteInt32LittleEndian(slot, page.KeyOffset(index));
            addressOf(child.Frame).Write(slot[PageLayout.DiskSlotAddressOffset..]);
            BinaryPrimitives.WriteInt64LittleEndian(slot[PageLayout.DiskSlotLiveOffset..], child.LiveCount);
            BinaryPrimitives.WriteInt64LittleEndian(slot[PageLayout.DiskSlotAllOffset..], child.EntryCount);
        }
    }

    /// <summary>Writes the memory form, which fills <paramref name="memory"/>.</summary>
    public static void ToMemory(ReadOnlySpan<byte> disk, Span<byte> memory, Func<PageAddress, int> frameOf)
    {
        disk[..PageLayout.CellsEnd(disk)].CopyTo(memory);
        PageLayout.SetLength(memory, memory.Length);
        int count = PageLayout.Count(disk);
        for (int index = 0; index < count; index++)
        {
            ReadOnlySpan<byte> slot = Slot(disk, index);
            int frame = frameOf(Address(slot));
            InnerEditor.WriteSlot(memory, index, BinaryPrimitives.ReadInt32LittleEndian(slot), Child(slot, frame));
        }
    }

    public static ReadOnlySpan<byte> Slot(ReadOnlySpan<byte> disk, int index) =>
        disk.Slice(disk.Length - ((index + 1) * PageLayout.DiskSlotBytes), PageLayout.DiskSlotBytes);

    public static PageAddress Address(ReadOnlySpan<byte> slot) =>
        PageAddress.Read(slot[PageLayout.DiskSlotAddressOffset..]);

    public static InnerChild Child(ReadOnlySpan<byte> slot, int frame) => new(
        frame,
        BinaryPrimitives.ReadInt64LittleEndian(slot[PageLayout.DiskSlotLiveOffset..]),
        BinaryPrimitives.ReadInt64LittleEndian(slot[PageLayout.DiskSlotAllOffset..]));
}
