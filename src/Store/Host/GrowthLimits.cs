namespace Keelson.Store.Host;

/// <summary>
/// What keeps a store from growing past what its memory, its disk and its next start can bear. Any thread asks.
/// </summary>
/// <param name="parts">The store.</param>
/// <param name="reserve">The disk's free space.</param>
/// <param name="tail">What a start would replay.</param>
internal sealed class GrowthLimits(StoreParts parts, DiskReserve reserve, ReplayTail tail)
{
    /// <summary>
    /// Writes to keys all over a large tree, and the trimming of a compaction, dirty pages faster than requests count;
    /// those cannot be dropped: with a half of the cache dirty the rest is too little.
    /// </summary>
    private const int DirtyDivisor = 2;

    /// <summary>With little left on the disk, dirty pages are at most this part of it.</summary>
    private const int FreeDivisor = 4;

    public DiskReserve Reserve => reserve;

    public ReplayTail Tail => tail;

    /// <summary>So much came since the last checkpoint that another one is due.</summary>
    public bool IsCheckpointDue =>
        tail.IsDue || parts.Pages.DirtyBytes >= Math.Min(DirtyBytesMax, CacheBytesMax / DirtyDivisor);

    /// <summary>
    /// False while so many pages are dirty that trimming, which dirties more, waits for a checkpoint.
    /// </summary>
    public bool MayTrim => parts.Pages.DirtyBytes < DirtyBytesMax;

    private long CacheBytesMax => parts.Pages.Options.ResidentBytesMax;

    private long DirtyBytesMax =>
        reserve.IsLow ? Math.Min(CacheBytesMax, reserve.FreeBytes / FreeDivisor) : CacheBytesMax;
}
