namespace Keelson.Store.History;

/// <summary>Sizes of the history; the defaults are for production, tests make them tiny.</summary>
internal sealed record HistoryOptions
{
    /// <summary>Frame bytes of a segment; a larger frame gets a segment of its own. At most 1 GiB.</summary>
    public int SegmentBytesMax { get; init; } = 64 << 20;

    /// <summary>Bytes of one chunk of the memory tail.</summary>
    public int ChunkBytes { get; init; } = 1 << 20;

    /// <summary>Bytes of the memory tail that stay after they were checkpointed.</summary>
    public long TailBytesMax { get; init; } = 64L << 20;

    /// <summary>Bytes of blocks read from disk that stay in memory.</summary>
    public long CacheBytesMax { get; init; } = 32L << 20;

    /// <summary>
    /// A sparse index entry stands at the first frame after this many bytes. It is part of the format.
    /// </summary>
    public int IndexStrideBytes { get; init; } = 4 << 10;

    /// <summary>The largest write handed out by a checkpoint or a reclaim (store.md, Checkpoint).</summary>
    public int WriteBytesMax { get; init; } = 1 << 20;

    /// <summary>Bytes that a sequential reader fetches with one read.</summary>
    public int ReadAheadBytes { get; init; } = 64 << 10;

    /// <summary>Segment files held open for reading.</summary>
    public int OpenFilesMax { get; init; } = 512;
}
