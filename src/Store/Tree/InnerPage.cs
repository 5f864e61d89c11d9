using System.Buffers.Binary;
using Keelson.Base.Identity;

namespace Keelson.Store.Tree;

/// <summary>An inner page in its memory form, which names children by frame.</summary>
internal readonly ref struct InnerPage
{
    private const ulong RevisionFlag = 1;
    private const int RevisionBytes = 12;

    private readonly ReadOnlySpan<byte> _bytes;

    public InnerPage(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
    }

    public ReadOnlySpan<byte> Bytes => _bytes;

    public int Count => PageLayout.Count(_bytes);

    public int Level => PageLayout.Level(_bytes);

    public ReadOnlySpan<byte> Prefix => PageLayout.Prefix(_bytes);

    public InnerChild Child(int slot)
    {
        ReadOnlySpan<byte> at = Slot(slot);
        return new InnerChild(
            BinaryPrimitives.ReadInt32LittleEndian(at[PageLayout.InnerSlotFrameOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(at[PageLayout.InnerSlotLiveOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(at[PageLayout.InnerSlotAllOffset..]));
    }

    public int Frame(int slot) =>
        BinaryPrimitives.ReadInt32LittleEndian(Slot(slot)[PageLayout.InnerSlotFrameOffset..]);

    /// <summary>Where the separator's cell lies in the page; 0 for the first child.</summary>
    public int KeyOffset(int slot) => BinaryPrimitives.ReadInt32LittleEndian(Slot(slot));

    /// <summary>Whether every entry below is live, so that there is nothing to trim.</summary>
    public bool IsClean(int slot)
    {
        ReadOnlySpan<byte> at = Slot(slot);
        return at.Slice(PageLayout.InnerSlotLiveOffset, sizeof(long))
            .SequenceEqual(at.Slice(PageLayout.InnerSlotAllOffset, sizeof(long)));
    }

    /// <summary>The child with its separator; the first one's key is empty.</summary>
    public InnerEntry Entry(int slot)
    {
        if (slot == 0)
        {
            return new InnerEntry(default, null, Child(0));
        }

        ReadOnlySpan<byte> suffix = Separator(slot, out ChangeRevision? revision);
        return new InnerEntry(new KeyView(Prefix, suffix), revision, Child(slot));
    }

    public int KeyCellBytes(int slot)
    {
        ReadOnlySpan<byte> suffix = Separator(slot, out ChangeRevision? revision);
        return CellBytes(suffix.Length, revision);
    }

    /// <summary>The child whose range holds the position: the last one whose separator is at or before it.</summary>
    public int Search(ReadOnlySpan<byte> key, ChangeRevision revision)
    {
        ReadOnlySpan<byte> prefix = Prefix;
        int high = Count;
        if (!key.StartsWith(prefix))
        {
            return key.SequenceCompareTo(prefix) < 0 ? 0 : high - 1;
        }

        ReadOnlySpan<byte> suffix = key[prefix.Length..];
        int low = 1;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            int order = suffix.SequenceCompareTo(Separator(middle, out ChangeRevision? separator));
            if (order == 0)
            {
                order = separator is { } from ? from.CompareTo(revision) : 0;
            }

            low = order >= 0 ? middle + 1 : low;
            high = order >= 0 ? high : middle;
        }

        return low - 1;
    }

    public static int CellBytes(int suffixLength, ChangeRevision? revision) =>
        Varint.Size((ulong)suffixLength << 1) + suffixLength + (revision is null ? 0 : RevisionBytes);

    public static int WriteCell(Span<byte> target, KeyView key, ChangeRevision? revision, int prefixLength)
    {
        int suffix = key.Length - prefixLength;
        int size = Varint.Write(target, ((ulong)suffix << 1) | (revision is null ? 0 : RevisionFlag));
        key.CopyTo(target[size..], prefixLength);
        size += suffix;
        if (revision is { } exact)
        {
            BinaryPrimitives.WriteInt64LittleEndian(target[size..], exact.Main);
            BinaryPrimitives.WriteInt32LittleEndian(target[(size + sizeof(long))..], exact.Sub);
            size += RevisionBytes;
        }

        return size;
    }

    /// <summary>
    /// The size of the separator cell at the start of <paramref name="cell"/>; false if it does not fit.
    /// </summary>
    public static bool TryMeasureCell(ReadOnlySpan<byte> cell, out long bytes)
    {
        bool valid = Varint.TryRead(cell, out ulong head, out int size) && head >> 1 <= (ulong)cell.Length;
        bytes = valid ? size + (long)(head >> 1) + ((head & RevisionFlag) == 0 ? 0 : RevisionBytes) : 0;
        return valid && bytes <= cell.Length;
    }

    private ReadOnlySpan<byte> Separator(int slot, out ChangeRevision? revision)
    {
        ReadOnlySpan<byte> cell = _bytes[KeyOffset(slot)..];
        ulong head = Varint.Read(cell, out int size);
        int length = (int)(head >> 1);
        revision = null;
        if ((head & RevisionFlag) != 0)
        {
            ReadOnlySpan<byte> exact = cell[(size + length)..];
            revision = new ChangeRevision(
                BinaryPrimitives.ReadInt64LittleEndian(exact),
                BinaryPrimitives.ReadInt32LittleEndian(exact[sizeof(long)..]));
        }

        return cell.Slice(size, length);
    }

    private ReadOnlySpan<byte> Slot(int slot) =>
        _bytes.Slice(_bytes.Length - ((slot + 1) * PageLayout.InnerSlotBytes), PageLayout.InnerSlotBytes);
}
