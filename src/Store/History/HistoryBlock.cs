using Keelson.Base.Identity;
using Keelson.Base.Memory;

namespace Keelson.Store.History;

/// <summary>A loaded block, and the proof that it is still there in a later epoch pin.</summary>
internal readonly struct HistoryBlock(NativeBlock bytes, BlockCacheStripe stripe, long evictions)
{
    /// <summary>
    /// In place of a count of evictions: the block was never kept and lives as long as the pin it came in.
    /// </summary>
    public const long Transient = -1;

    public required HistorySegment Segment { get; init; }

    /// <summary>The file offset of its first frame.</summary>
    public required int Offset { get; init; }

    /// <summary>The revision that the next block of the segment begins with.</summary>
    public required ChangeRevision Next { get; init; }

    public ReadOnlySpan<byte> Bytes => bytes.Span;

    public int End => Offset + bytes.Length;

    /// <summary>False when the memory may be gone: nothing was evicted since means that it was not either.</summary>
    public bool IsCurrent => stripe is not null && stripe.Evictions == evictions;
}
