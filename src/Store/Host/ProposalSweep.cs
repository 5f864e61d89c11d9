namespace Keelson.Store.Host;

/// <summary>
/// Answers callers that waited too long, or that are gone, without waiting for their requests: those may still happen.
/// Ten times a second is exact enough, and costs a request nothing, where a timer or a registration each would.
/// </summary>
/// <remarks>
/// On a thread of its own: every other one may stand in a disk call. A waiting request's bytes are read with the queue
/// closed to others only: a request is either still in the queue, and leaves it before its bytes are looked at again,
/// or was copied into its batch. So its memory is the caller's again as soon as the caller was answered. The answer's
/// buffer is not: apply may still write into it.
/// </remarks>
internal sealed class ProposalSweep(ProposalPool proposals, ProposalQueue queue, ClusterClock clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private ILoop? _thread;
    private volatile bool _rests;

    /// <summary>Which thread to wake when somebody may be waiting.</summary>
    public void RunOn(ILoop thread) => _thread = thread;

    /// <summary>There may be somebody who waits; the commit loop, before it proposes anything.</summary>
    public void Stir()
    {
        if (_rests)
        {
            _rests = false;
            _thread?.Wake();
        }
    }

    /// <summary>Looks around; how long to sleep unless stirred.</summary>
    public TimeSpan Step()
    {
        queue.Abandon(proposals, clock.LocalMilliseconds);
        // Announced before the look, so that whoever comes in between finds it announced or is seen.
        _rests = true;
        Interlocked.MemoryBarrier();
        if (!proposals.HasOutstanding)
        {
            return Timeout.InfiniteTimeSpan;
        }

        _rests = false;
        return Interval;
    }
}
