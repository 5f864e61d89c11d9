using System.Buffers.Binary;
using Keelson.Base.Identity;

namespace Keelson.Store.History;

/// <summary>
/// A segment's sparse index as it lies in the footer: entries of 16 bytes, each naming a frame's revision and offset,
/// in order of both.
/// </summary>
internal readonly ref struct SparseIndexView(ReadOnlySpan<byte> entries)
{
    public const int EntryBytes = 16;
    public const int EntryMainOffset = 0;
    public const int EntrySubOffset = 8;
    public const int EntryFrameOffset = 12;

    private readonly ReadOnlySpan<byte> _entries = entries;

    public int Count => _entries.Length / EntryBytes;

    public ReadOnlySpan<byte> Bytes => _entries;

    public ChangeRevision Revision(int entry) => new(
        BinaryPrimitives.ReadInt64LittleEndian(_entries[((entry * EntryBytes) + EntryMainOffset)..]),
        BinaryPrimitives.ReadInt32LittleEndian(_entries[((entry * EntryBytes) + EntrySubOffset)..]));

    public int Offset(int entry) =>
        BinaryPrimitives.ReadInt32LittleEndian(_entries[((entry * EntryBytes) + EntryFrameOffset)..]);

    /// <summary>
    /// Whether the first entry stands at <paramref name="start"/> and offsets rise to below <paramref name="end"/>:
    /// then no entry can lead a reader outside, whoever computed the checksum.
    /// </summary>
    public bool RisesWithin(int start, int end)
    {
        int last = start - 1;
        for (int entry = 0; entry < Count; entry++)
        {
            int offset = Offset(entry);
            if (offset <= last || offset >= end)
            {
                return false;
            }

            last = offset;
        }

        return Count > 0 && Offset(0) == start;
    }

    /// <summary>The last entry at or before <paramref name="revision"/>; 0 when all are after it.</summary>
    public int FindRevision(ChangeRevision revision)
    {
        int low = 0;
        int high = Count;
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            (low, high) = Revision(middle) <= revision ? (middle, high) : (low, middle);
        }

        return low;
    }

    /// <summary>The last entry at or before <paramref name="offset"/>; 0 when all are after it.</summary>
    public int FindOffset(int offset)
    {
        int low = 0;
        int high = Count;
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            (low, high) = Offset(middle) <= offset ? (middle, high) : (low, middle);
        }

        return low;
    }

    public static void WriteEntry(Span<byte> entry, ChangeRevision revision, int offset)
    {
        BinaryPrimitives.WriteInt64LittleEndian(entry[EntryMainOffset..], revision.Main);
        BinaryPrimitives.WriteInt32LittleEndian(entry[EntrySubOffset..], revision.Sub);
        BinaryPrimitives.WriteInt32LittleEndian(entry[EntryFrameOffset..], offset);
    }
}
