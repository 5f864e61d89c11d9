using System.Buffers.Binary;

namespace Keelson.Store.Tree;

/// <summary>
/// Where things are in a page (docs/formats/tree.md): header, common key prefix, cells growing upwards, a gap, slots
/// growing downwards from the end. Slot i lies i + 1 slot sizes before the end, so that appending moves nothing.
/// </summary>
internal static class PageLayout
{
    public const int LengthOffset = 0;
    public const int CellsEndOffset = 4;
    public const int GarbageOffset = 8;
    public const int CountOffset = 12;
    public const int LevelOffset = 14;
    public const int ReservedOffset = 15;
    public const int PrefixLengthOffset = 16;
    public const int LastInsertOffset = 20;
    public const int RunLengthOffset = 22;
    public const int BaseRevisionOffset = 24;
    public const int HeaderBytes = 32;

    public const int LeafSlotBytes = 4;
    public const int LeafSlotEntryOffset = 2;

    public const int InnerSlotBytes = 24;
    public const int InnerSlotFrameOffset = 4;
    public const int InnerSlotLiveOffset = 8;
    public const int InnerSlotAllOffset = 16;

    public const int DiskSlotBytes = 40;
    public const int DiskSlotAddressOffset = 4;
    public const int DiskSlotLiveOffset = 24;
    public const int DiskSlotAllOffset = 32;

    /// <summary>Deeper than any tree of at least two children per page can be; a cycle on disk ends here.</summary>
    public const int DepthMax = 64;

    /// <summary>No insertion since the page was built: sequential order is not known.</summary>
    public const ushort NoInsert = ushort.MaxValue;

    public static int Length(ReadOnlySpan<byte> page) => Int32(page, LengthOffset);

    public static int CellsEnd(ReadOnlySpan<byte> page) => Int32(page, CellsEndOffset);

    public static int Garbage(ReadOnlySpan<byte> page) => Int32(page, GarbageOffset);

    public static int Count(ReadOnlySpan<byte> page) => BinaryPrimitives.ReadUInt16LittleEndian(page[CountOffset..]);

    public static int Level(ReadOnlySpan<byte> page) => page[LevelOffset];

    public static int PrefixLength(ReadOnlySpan<byte> page) => Int32(page, PrefixLengthOffset);

    public static long BaseRevision(ReadOnlySpan<byte> page) =>
        BinaryPrimitives.ReadInt64LittleEndian(page[BaseRevisionOffset..]);

    public static int SlotBytes(int level) => level == 0 ? LeafSlotBytes : InnerSlotBytes;

    /// <summary>Bytes without the gap.</summary>
    public static int UsedBytes(ReadOnlySpan<byte> page) => CellsEnd(page) + (Count(page) * SlotBytes(Level(page)));

    /// <summary>What the split limit counts: the gap and the common prefix are free.</summary>
    public static int BodyBytes(ReadOnlySpan<byte> page) => UsedBytes(page) - PrefixLength(page);

    public static int GapBytes(ReadOnlySpan<byte> page) => page.Length - UsedBytes(page);

    public static ReadOnlySpan<byte> Prefix(ReadOnlySpan<byte> page) => page.Slice(HeaderBytes, PrefixLength(page));

    public static void SetCellsEnd(Span<byte> page, int value) => SetInt32(page, CellsEndOffset, value);

    public static void AddGarbage(Span<byte> page, int bytes) =>
        SetInt32(page, GarbageOffset, Garbage(page) + bytes);

    public static void SetCount(Span<byte> page, int value) =>
        BinaryPrimitives.WriteUInt16LittleEndian(page[CountOffset..], (ushort)value);

    public static void SetLength(Span<byte> page, int value) => SetInt32(page, LengthOffset, value);

    /// <summary>
    /// Begins an empty page that fills <paramref name="page"/>; its prefix bytes are the caller's to write.
    /// </summary>
    public static void Begin(Span<byte> page, int level, int prefixLength, long baseRevision)
    {
        page[..HeaderBytes].Clear();
        SetLength(page, page.Length);
        SetCellsEnd(page, HeaderBytes + prefixLength);
        page[LevelOffset] = (byte)level;
        SetInt32(page, PrefixLengthOffset, prefixLength);
        SetLastInsert(page, NoInsert, 0);
        BinaryPrimitives.WriteInt64LittleEndian(page[BaseRevisionOffset..], baseRevision);
    }

    /// <summary>
    /// Remembers where the last insertion was, so that a split can tell sequential order from random order.
    /// </summary>
    public static void NoteInsert(Span<byte> page, int index) => SetLastInsert(page, index, RunWith(page, index));

    /// <summary>How many insertions side by side an insertion at <paramref name="index"/> would follow.</summary>
    public static int RunWith(ReadOnlySpan<byte> page, int index)
    {
        int last = BinaryPrimitives.ReadUInt16LittleEndian(page[LastInsertOffset..]);
        int run = BinaryPrimitives.ReadUInt16LittleEndian(page[RunLengthOffset..]);
        bool next = last != NoInsert && (index == last || index == last + 1);
        return next ? Math.Min(run + 1, byte.MaxValue) : 0;
    }

    /// <summary>
    /// Whether an insertion at <paramref name="index"/> goes on with a run of neighbouring insertions.
    /// </summary>
    public static bool ContinuesRun(ReadOnlySpan<byte> page, int index)
    {
        const int runLengthMin = 4;
        return RunWith(page, index) >= runLengthMin;
    }

    public static void SetLastInsert(Span<byte> page, int index, int run)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(page[LastInsertOffset..], (ushort)index);
        BinaryPrimitives.WriteUInt16LittleEndian(page[RunLengthOffset..], (ushort)run);
    }

    /// <summary>Copies all but the gap: slots keep their distance to the end.</summary>
    public static void CopyTo(ReadOnlySpan<byte> page, Span<byte> target)
    {
        int cellsEnd = CellsEnd(page);
        int slots = Count(page) * SlotBytes(Level(page));
        page[..cellsEnd].CopyTo(target);
        page[^slots..].CopyTo(target[^slots..]);
        SetLength(target, target.Length);
    }

    private static int Int32(ReadOnlySpan<byte> page, int offset) =>
        BinaryPrimitives.ReadInt32LittleEndian(page[offset..]);

    private static void SetInt32(Span<byte> page, int offset, int value) =>
        BinaryPrimitives.WriteInt32LittleEndian(page[offset..], value);
}
