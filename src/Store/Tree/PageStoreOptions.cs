using Keelson.Base;

namespace Keelson.Store.Tree;

/// <summary>Sizes of a page store; the defaults are for production, tests make pages tiny.</summary>
internal sealed record PageStoreOptions
{
    /// <summary>Below this no page can hold two entries of ordinary size.</summary>
    public const int SplitBytesMin = 96;

    /// <summary>Leaf slots have 16 bits for the place of a cell: pages stay below 64 KiB until they split.</summary>
    public const int SplitBytesMax = 16 * 1024;

    private const int InnerPageFactor = 2;

    /// <summary>A leaf whose header, cells and slots exceed this is split; its common prefix is extra.</summary>
    /// <remarks>
    /// Keys with many versions have a leaf each, which every batch that updates them copies and every checkpoint
    /// writes: 2 KiB halves both against 4, and costs a twentieth more memory.
    /// </remarks>
    public int SplitBytes { get; init; } = 2048;

    /// <summary>Above this many bytes of pages in memory, clean leaves are dropped.</summary>
    public long ResidentBytesMax { get; init; } = 256L * 1024 * 1024;

    /// <summary>A segment file is closed when the next page would make it longer.</summary>
    public long SegmentBytesMax { get; init; } = 64L * 1024 * 1024;

    /// <summary>
    /// Segment files held open for reading, of those that a server keeps descriptors for; to open one again costs far
    /// less than to read a page that is not in memory.
    /// </summary>
    public int OpenFilesMax { get; init; } = 64;

    /// <summary>A checkpoint writes at most this much at once, so that log writes are not held up.</summary>
    public int PieceBytesMax { get; init; } = 1024 * 1024;

    /// <summary>
    /// A checkpoint looks at so many pages for one piece: a walk over those that stay must not hold up the host's other
    /// work. A full piece of ordinary pages takes a quarter of it.
    /// </summary>
    public int PieceVisitsMax { get; init; } = 2048;

    /// <summary>Overwrite memory before it is freed: a reader that comes too late then fails a test.</summary>
    public bool PoisonFreed { get; init; }

    /// <summary>The same for a page of any level. Inner pages are few: larger ones make a lower tree.</summary>
    public int SplitBytesOf(int level) => level == 0 ? SplitBytes : InnerPageFactor * SplitBytes;

    public void Validate()
    {
        Invariant.Require(SplitBytes is >= SplitBytesMin and <= SplitBytesMax);
        Invariant.Require(ResidentBytesMax > 0 && PieceBytesMax > 0 && PieceVisitsMax > 0);
        Invariant.Require(OpenFilesMax > 0);
        Invariant.Require(SegmentBytesMax is > 0 and <= uint.MaxValue);
    }
}
