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

    /// <summary>Size of each segment file, a multiple of <see cref="BlockBytes"/>.</summary>
    public int SegmentBytes { get; init; } = 64 << 20;

    /// <summary>The largest payload: what an empty segment holds behind its start.</summary>
    public int PayloadBytesMax => SegmentBytes - BlockBytes - LogFormat.HeaderBytes;

    public void Check()
    {
        Invariant.Require(SegmentBytes is >= SegmentBytesMin and <= SegmentBytesMax);
        Invariant.Require(SegmentBytes % BlockBytes == 0);
    }
}
