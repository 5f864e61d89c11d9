using Keelson.Base.Identity;

namespace Keelson.Store.History;

/// <summary>Chooses neighbouring segments that are worth copying into one.</summary>
internal static class ReclaimRun
{
    /// <summary>So many segments go into one at most, so that a pass stays short.</summary>
    public const int SegmentsMax = 8;

    /// <summary>A segment with less live bytes than this share of a full one joins a poor neighbour.</summary>
    private const int SmallDivisor = 4;

    /// <summary>In a thorough pass a segment is poor when more than one part in so many and one is dead.</summary>
    private const int LivePartsThorough = 7;

    /// <summary>Less dead bytes than this share of a full segment are not worth a file of their own.</summary>
    private const int ClosingDivisor = 4096;

    /// <summary>
    /// The oldest run with a poor segment (more than half dead, thoroughly more than an eighth), or of small ones;
    /// empty when nothing is worth it.
    /// </summary>
    public static ReadOnlySpan<HistorySegment> Choose(
        HistoryStore history, Revision compactRevision, bool thorough = false)
    {
        // Segments of which chunks are in memory wait until those are trimmed.
        HistoryView view = history.View;
        ReadOnlySpan<HistorySegment> segments = view.Segments.AsSpan(0, view.TailSegment);
        int full = history.Options.SegmentBytesMax;
        for (int start = 0; start < segments.Length && IsReady(segments[start], compactRevision); start++)
        {
            ReadOnlySpan<HistorySegment> run = Extend(segments[start..], compactRevision, full, thorough);
            if (run.Length > 1 || (run.Length == 1 && IsPoor(run[0], thorough)))
            {
                return run;
            }
        }

        return [];
    }

    /// <summary>An open segment of which a thorough pass would gain something, were it closed.</summary>
    public static bool IsWorthClosing(HistorySegment open, HistoryOptions options) =>
        !open.IsClosed && IsPoor(open, thorough: true) && open.DeadBytes > options.SegmentBytesMax / ClosingDivisor;

    private static ReadOnlySpan<HistorySegment> Extend(
        ReadOnlySpan<HistorySegment> segments, Revision compactRevision, int full, bool thorough)
    {
        long live = 0;
        long bytes = 0;
        int count = 0;
        foreach (HistorySegment segment in segments)
        {
            live += Live(segment);
            bytes += segment.End;
            // The dead count is an estimate; the sum of the files bounds what the copy can become.
            bool fits = count == 0 || (live <= full && bytes <= HistorySegmentLayout.SegmentBytesCeiling);
            bool isWorthIt = IsPoor(segment, thorough) || Live(segment) < full / SmallDivisor;
            if (count == SegmentsMax || !fits || !isWorthIt || !IsReady(segment, compactRevision))
            {
                break;
            }

            count++;
        }

        return segments[..count];
    }

    /// <summary>On disk with its footer, and nothing in it that a watcher may still ask for as an event.</summary>
    private static bool IsReady(HistorySegment segment, Revision compactRevision) =>
        segment is { IsClosed: true, Index: null } && segment.Last <= compactRevision;

    private static bool IsPoor(HistorySegment segment, bool thorough) =>
        Live(segment) < segment.DeadBytes * (thorough ? LivePartsThorough : 1);

    private static long Live(HistorySegment segment) =>
        Math.Max(0, segment.End - HistorySegmentLayout.HeaderBytes - segment.DeadBytes);
}
