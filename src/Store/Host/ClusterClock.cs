using Keelson.Base.Seams;

namespace Keelson.Store.Host;

/// <summary>
/// Cluster time: what lease deadlines are measured in. Goes on from the highest value in the log and stands still while
/// nobody leads, so that a lease is never early.
/// </summary>
internal sealed class ClusterClock
{
    /// <summary>While leases exist a batch carries cluster time on at least this often (store.md §6).</summary>
    public const long StandstillMillisecondsMax = 5000;

    private readonly IClock _clock;
    private readonly long _offsetMilliseconds;

    public ClusterClock(IClock clock, long startMilliseconds)
    {
        _clock = clock;
        _offsetMilliseconds = startMilliseconds - clock.MonotonicMilliseconds;
    }

    /// <summary>Milliseconds of cluster time.</summary>
    public long Now => _clock.MonotonicMilliseconds + _offsetMilliseconds;
}
