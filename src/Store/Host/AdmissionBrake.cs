namespace Keelson.Store.Host;

/// <summary>
/// Slows proposing while requests come faster than checkpoints are written, so that the tail, and with it the time of a
/// start and the log's files, stays bounded. From twice the due tail on there is a pause between batches that grows
/// smoothly; at four times the loop waits for the checkpoint. On the commit loop's thread.
/// </summary>
/// <remarks>
/// Promise: no batch is proposed at <see cref="ReplayTail.TailsMax"/> or more. What is on its way to apply by then, at
/// most 64 batches, comes on top.
/// </remarks>
internal sealed class AdmissionBrake(ReplayTail tail)
{
    /// <summary>From here on it slows.</summary>
    private const double SlowTails = 2;

    /// <summary>The pause just before the stop.</summary>
    private const double PauseMillisecondsMax = 100;

    /// <summary>A checkpoint wakes the loop; this only bounds how late a missed one is noticed.</summary>
    private const long StopMilliseconds = 1000;

    /// <summary>Cluster time is never negative: after a start the first batch waits for nothing.</summary>
    private long _nextMilliseconds;

    /// <summary>True while nothing may be proposed until a checkpoint is written. Any thread.</summary>
    public bool IsStopped => tail.Checkpoints >= ReplayTail.TailsMax;

    /// <summary>Milliseconds until the next batch may be proposed; 0 when it may be now.</summary>
    public long Wait(ClusterClock clock)
    {
        double length = tail.Checkpoints;
        if (length < SlowTails)
        {
            return 0;
        }

        return length >= ReplayTail.TailsMax
            ? StopMilliseconds
            : Math.Max(0, _nextMilliseconds - clock.LocalMilliseconds);
    }

    /// <summary>A batch was proposed: when the next one may be.</summary>
    public void Proposed(long nowMilliseconds)
    {
        double zone = Math.Clamp((tail.Checkpoints - SlowTails) / (ReplayTail.TailsMax - SlowTails), 0, 1);
        // Squared: hardly felt at first, and steep where it has to be.
        _nextMilliseconds = nowMilliseconds + (long)(zone * zone * PauseMillisecondsMax);
    }
}
