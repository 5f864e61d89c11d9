using Keelson.Base.Seams;

namespace Keelson.Store.Host;

/// <summary>
/// Cluster time: what lease deadlines are measured in. Goes on from the highest value in the log and stands still while
/// nobody leads, so that a lease is never early. Any thread reads.
/// </summary>
internal sealed class ClusterClock
{
    /// <summary>While leases exist a batch carries cluster time on at least this often (store.md §6).</summary>
    public const long StandstillMillisecondsMax = 5000;

    private readonly IClock _clock;
    private long _offsetMilliseconds;

    public ClusterClock(IClock clock, long startMilliseconds)
    {
        _clock = clock;
        GoOnFrom(startMilliseconds);
    }

    /// <summary>Milliseconds of cluster time: on the leader exactly, elsewhere about.</summary>
    public long Now => LocalMilliseconds + Volatile.Read(ref _offsetMilliseconds);

    /// <summary>This member's own clock: for whatever is nobody else's matter.</summary>
    public long LocalMilliseconds => _clock.MonotonicMilliseconds;

    /// <summary>It is this late now: what the last entry of the log says.</summary>
    public void GoOnFrom(long milliseconds) =>
        Volatile.Write(ref _offsetMilliseconds, milliseconds - LocalMilliseconds);
}
