using Keelson.Base;

namespace Keelson.Store.Log;

internal sealed record LogOptions
{
    /// <summary>Every write starts on a block of its own.</summary>
    public const int BlockBytes = 4096;

    /// <summary>Writes that are not yet part of the durable prefix.</summary>
    public const int WritesInFlightMax = 4;

    /// <summary>A write takes no further record once it holds this much; one larger record travels alone.</summary>
    public const int WriteBytesMax = 1 << 20;

    public const int SegmentBytesMin = 4 * BlockBytes;
    public const int SegmentBytesMax = 1 << 30;

    /// <summary>The smallest sector that a disk may have.</summary>
    public const int SectorBytesMin = 512;

    /// <summary>
    /// A write ends with a sector of the disk: its last block is its own, so that no device that changes a larger
    /// sector can harm another write, but is not written whole. With few callers it would be mostly padding.
    /// </summary>
    public int SectorBytes { get; init; } = SectorBytesMin;

    /// <summary>Size of each segment file, a multiple of <see cref="BlockBytes"/>.</summary>
    public int SegmentBytes { get; init; } = 64 << 20;

    /// <summary>The largest payload: what an empty segment holds behind its start.</summary>
    public int PayloadBytesMax => SegmentBytes - BlockBytes - LogFormat.HeaderBytes;

    public void Check()
    {
        Invariant.Require(SegmentBytes is >= SegmentBytesMin and <= SegmentBytesMax);
        Invariant.Require(SegmentBytes % BlockBytes == 0);
        Invariant.Require(SectorBytes is >= SectorBytesMin and <= BlockBytes && int.IsPow2(SectorBytes));
    }
}
