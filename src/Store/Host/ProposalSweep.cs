namespace Keelson.Store.Host;

/// <summary>
/// Answers callers that waited too long, or that are gone, without waiting for their requests: those may still happen.
/// Ten times a second is exact enough, and costs a request nothing, where a timer or a registration each would.
/// </summary>
/// <remarks>
/// On the commit loop's thread, the only one that reads a waiting request's bytes: a request is either still in the
/// queue, and leaves it before its bytes are looked at again, or was copied into its batch. So its memory is the
/// caller's again as soon as the caller was answered. The answer's buffer is not: apply may still write into it.
/// </remarks>
internal sealed class ProposalSweep(ProposalPool proposals, ProposalQueue queue)
{
    private const long IntervalMilliseconds = 100;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(IntervalMilliseconds);

    private long _nextMilliseconds = long.MinValue;

    /// <summary>Looks around when it is time; returns how long the loop may sleep at most.</summary>
    public TimeSpan Run(long nowMilliseconds, TimeSpan patience)
    {
        if (nowMilliseconds >= _nextMilliseconds)
        {
            _nextMilliseconds = nowMilliseconds + IntervalMilliseconds;
            if (proposals.Abandon(nowMilliseconds))
            {
                queue.DropAbandoned();
            }
        }

        return proposals.HasOutstanding && patience > Interval ? Interval : patience;
    }
}
