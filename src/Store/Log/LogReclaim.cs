using Keelson.Base.Identity;

namespace Keelson.Store.Log;

/// <summary>Which segments nobody needs any more.</summary>
internal static class LogReclaim
{
    /// <summary>
    /// How many of the oldest <paramref name="segments"/> may go. A segment is free when every entry in it is applied
    /// in the older root too, and when the start of the next one, which repeats term and vote, is proven durable by a
    /// later watermark: damage to it is then noticed, not taken for a torn tail.
    /// </summary>
    public static int CountFree(IReadOnlyList<LogSegment> segments, LogIndex olderApplied, SequenceNumber proven)
    {
        int count = 0;
        while (count + 1 < segments.Count
            && segments[count + 1].IndexMaxBefore <= olderApplied
            && segments[count + 1].First <= proven)
        {
            count++;
        }

        return count;
    }
}
