using Keelson.Base;

namespace Keelson.Store;

/// <summary>
/// Sizes that no user needs to set; tests make them tiny, so that seconds of work meet every checkpoint and reclaim.
/// </summary>
internal sealed record EngineTuning
{
    public static readonly EngineTuning Default = new();

    /// <summary>A checkpoint is due after this many requests: what a start may have to replay.</summary>
    public long CheckpointRequests { get; init; } = 100_000;

    /// <summary>A checkpoint is due after this many bytes of outcomes.</summary>
    public long CheckpointBytes { get; init; } = 64L << 20;

    /// <summary>
    /// A checkpoint is due when the log has so many segments: requests that come one at a time fill blocks, not
    /// counts, and each start after a crash begins a new segment.
    /// </summary>
    public int LogSegmentsDue { get; init; } = 4;

    /// <summary>Bytes of one history segment.</summary>
    public int HistorySegmentBytes { get; init; } = 64 << 20;

    /// <summary>Bytes of one chunk of the history's memory tail.</summary>
    public int HistoryChunkBytes { get; init; } = 1 << 20;

    /// <summary>A leaf of the tree is split above this many bytes, an inner page above twice as many.</summary>
    public int PageSplitBytes { get; init; } = 2048;

    /// <summary>A mostly dead tree segment below this is not worth moving its pages.</summary>
    public long PoorTreeSegmentBytesMin { get; init; } = 4L << 20;

    /// <summary>
    /// Free space on the disk that only deletions, compactions, alarms and checkpoints may use, at least; it is more
    /// when two history segments and twice the last checkpoint are.
    /// </summary>
    public long DiskReserveBytesMin { get; init; } = 256L << 20;

    /// <summary>
    /// An answer that apply writes is given up above this, the write is not; a gRPC message has 2 GiB at most.
    /// </summary>
    public int AnswerBytesMax { get; init; } = Array.MaxLength;

    /// <summary>How often maintenance looks around without being woken.</summary>
    public TimeSpan MaintenanceInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <exception cref="InvariantException">A size that cannot work.</exception>
    public void Check() => Invariant.Require(
        CheckpointRequests > 0
        && CheckpointBytes > 0
        && LogSegmentsDue > 1
        && DiskReserveBytesMin >= 0
        && AnswerBytesMax > 0
        && MaintenanceInterval > TimeSpan.Zero);
}
