using System.Buffers.Binary;
using Keelson.Base;
using Keelson.Base.Identity;
using Keelson.Base.Memory;

namespace Keelson.Store.History;

/// <summary>
/// A piece of the memory tail: a run of bytes of one segment file, and behind it, growing towards it, a slot per
/// change with its frame's offset. One owner appends; readers see what was published.
/// </summary>
/// <remarks>
/// Invariants: a frame lies in one chunk; slots are in revision order; bytes below <see cref="Used"/> never change once
/// their batch is sealed.
/// </remarks>
internal sealed class HistoryChunk
{
    private const int SlotBytes = sizeof(int);

    private readonly NativeBlock _block;
    private int _used;
    private int _count;

    public HistoryChunk(HistorySegment segment, int fileOffset, ChangeRevision first, int blockBytes)
    {
        Segment = segment;
        FileOffset = fileOffset;
        First = first;
        _block = NativeBlock.Allocate(blockBytes);
    }

    public HistorySegment Segment { get; }

    /// <summary>Where the chunk's first byte lies in the segment's file.</summary>
    public int FileOffset { get; }

    /// <summary>The revision of the first frame.</summary>
    public ChangeRevision First { get; }

    public NativeBlock Block => _block;

    /// <summary>Bytes in use from the start.</summary>
    public int Used => Volatile.Read(ref _used);

    /// <summary>The file offset behind the last frame.</summary>
    public int End => FileOffset + Used;

    /// <summary>The file offset of the first frame: behind the header when the chunk begins the file.</summary>
    public int FramesStart => FileOffset == 0 ? HistorySegmentLayout.HeaderBytes : FileOffset;

    /// <summary>Changes with a slot.</summary>
    public int ChangeCount => Volatile.Read(ref _count);

    public bool Fits(int bytes) => _block.Length - _used - ((_count + 1) * SlotBytes) >= bytes;

    public static int BlockBytesFor(int bytes) => bytes + SlotBytes;

    /// <summary>The bytes from a file offset on.</summary>
    public ReadOnlySpan<byte> From(int fileOffset) => _block.Span[(fileOffset - FileOffset)..Used];

    public ReadOnlySpan<byte> Slice(int fileOffset, int length) => _block.Span.Slice(fileOffset - FileOffset, length);

    /// <summary>Owner: takes room that readers do not see before <see cref="Publish"/>.</summary>
    public Span<byte> Reserve(int bytes) => _block.Span.Slice(_used, bytes);

    /// <summary>Owner: shows the reserved bytes; <paramref name="isChange"/> makes them findable by revision.</summary>
    public void Publish(int bytes, bool isChange)
    {
        if (isChange)
        {
            BinaryPrimitives.WriteInt32LittleEndian(Slot(_count), _used);
            Volatile.Write(ref _count, _count + 1);
        }

        Volatile.Write(ref _used, _used + bytes);
    }

    /// <summary>Finds a change; empty when it is not here.</summary>
    public ReadOnlySpan<byte> Find(ChangeRevision revision)
    {
        int low = 0;
        int high = ChangeCount;
        // Revisions are dense but for transactions, so the first guess is nearly always right.
        long distance = Math.Clamp(revision.Main - First.Main, 0, int.MaxValue);
        int middle = (int)Math.Min(distance, Math.Max(high - 1, 0));
        while (low < high)
        {
            ReadOnlySpan<byte> frame = Frame(middle);
            int order = HistoryFrameLayout.Revision(frame).CompareTo(revision);
            if (order == 0)
            {
                return frame[..HistoryFrameLayout.FrameBytes(frame)];
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle);
            middle = (low + high) / 2;
        }

        return default;
    }

    /// <summary>
    /// The file offset of the first change at or after <paramref name="revision"/>; the end if none is.
    /// </summary>
    public int LowerBound(ChangeRevision revision)
    {
        int end = End;
        int count = ChangeCount;
        int slot = FirstSlot(revision, count);
        return slot == count ? end : FileOffset + Offset(slot);
    }

    /// <summary>
    /// Changes up to the end of a main revision; <paramref name="bound"/> is behind all of them and none itself.
    /// </summary>
    public int CountThrough(ChangeRevision bound) => FirstSlot(bound, ChangeCount);

    /// <summary>The change of a slot.</summary>
    public HistoryFrame Change(int slot)
    {
        ReadOnlySpan<byte> frame = Frame(slot);
        return new HistoryFrame(frame[..HistoryFrameLayout.FrameBytes(frame)]);
    }

    private int FirstSlot(ChangeRevision revision, int count)
    {
        int low = 0;
        int high = count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = HistoryFrameLayout.Revision(Frame(middle)) < revision ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private ReadOnlySpan<byte> Frame(int slot) => _block.Span[Offset(slot)..];

    private int Offset(int slot)
    {
        int offset = BinaryPrimitives.ReadInt32LittleEndian(Slot(slot));
        Invariant.Require(offset >= 0 && offset < _block.Length);
        return offset;
    }

    private Span<byte> Slot(int slot) => _block.Span.Slice(_block.Length - ((slot + 1) * SlotBytes), SlotBytes);
}
