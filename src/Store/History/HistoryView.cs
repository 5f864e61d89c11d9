using Keelson.Base.Identity;

namespace Keelson.Store.History;

/// <summary>
/// The lists of segments and of memory chunks at one moment, both in revision order. Never changes: whoever changes a
/// list publishes a new view, and only then retires what the old one named.
/// </summary>
internal sealed class HistoryView(HistorySegment[] segments, HistoryChunk[] chunks)
{
    // Found at the first question; readers that race store the same number.
    private int _tailSegment = -1;

    public HistorySegment[] Segments { get; } = segments;

    public HistoryChunk[] Chunks { get; } = chunks;

    public bool InTail(ChangeRevision revision) => Chunks.Length > 0 && Chunks[0].First <= revision;

    /// <summary>The last segment that begins at or before <paramref name="revision"/>, or -1.</summary>
    public int FindSegment(ChangeRevision revision)
    {
        int low = -1;
        int high = Segments.Length;
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            (low, high) = Segments[middle].First <= revision ? (middle, high) : (low, middle);
        }

        return low;
    }

    /// <summary>The last chunk that begins at or before <paramref name="revision"/>, or -1.</summary>
    public int FindChunk(ChangeRevision revision)
    {
        int low = -1;
        int high = Chunks.Length;
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            (low, high) = Chunks[middle].First <= revision ? (middle, high) : (low, middle);
        }

        return low;
    }

    /// <summary>The position of this very segment, or -1 when it was reclaimed.</summary>
    public int IndexOf(HistorySegment segment)
    {
        // Segments of nothing but batch ends may begin at one revision.
        for (int at = FindSegment(segment.First); at >= 0 && Segments[at].First == segment.First; at--)
        {
            if (ReferenceEquals(Segments[at], segment))
            {
                return at;
            }
        }

        return -1;
    }

    /// <summary>The chunk that holds this file offset, or ends there as the last one of its segment; else -1.</summary>
    public int FindChunk(HistorySegment segment, int offset)
    {
        int at = FindLastChunkAt(segment, offset);
        return at >= 0 && ReferenceEquals(Chunks[at].Segment, segment) && offset <= Chunks[at].End ? at : -1;
    }

    /// <summary>Where reads of the segment at this index from disk end: the rest is in the tail.</summary>
    public int DiskEnd(int index)
    {
        if (index == TailSegment)
        {
            return Chunks[0].FileOffset;
        }

        return index < TailSegment ? Segments[index].End : 0;
    }

    /// <summary>The index of the segment in which the tail begins; behind all segments without a tail.</summary>
    public int TailSegment => _tailSegment >= 0 ? _tailSegment : _tailSegment = FindTailSegment();

    private int FindTailSegment() => Chunks.Length == 0 ? Segments.Length : IndexOf(Chunks[0].Segment);

    private int FindLastChunkAt(HistorySegment segment, int offset)
    {
        // Segments with chunks were opened by the owner one after the other, so their ids rise along the tail.
        int low = -1;
        int high = Chunks.Length;
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            HistoryChunk chunk = Chunks[middle];
            bool before = chunk.Segment.Id < segment.Id
                || (chunk.Segment.Id == segment.Id && chunk.FileOffset <= offset);
            (low, high) = before ? (middle, high) : (low, middle);
        }

        return low;
    }
}
