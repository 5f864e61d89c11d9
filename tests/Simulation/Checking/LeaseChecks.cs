namespace Keelson.Simulation.Checking;

/// <summary>
/// Leases end never early, not late, and once. That all keys of one go under one revision, and no others, is what the
/// model of the log says too (<see cref="LogOrder"/>).
/// </summary>
/// <param name="DriftPerMillion">How much faster or slower than virtual time any clock may run.</param>
/// <param name="LateMicroseconds">
/// How late an end may be while somebody leads: the longest cluster time stands still, and a batch's way.
/// </param>
internal sealed record LeaseChecks(long DriftPerMillion, long LateMicroseconds)
{
    private const long MicrosecondsPerSecond = 1_000_000;
    private const long Million = 1_000_000;
    private const long TtlSecondsMax = 1_000_000;

    /// <summary>Deadlines are whole milliseconds: granted in the middle of one, a lease ends with one.</summary>
    private const long GrainMicroseconds = 1000;

    /// <summary>What is wrong with a lease; null when nothing is.</summary>
    /// <param name="lease">Its life.</param>
    /// <param name="now">The end of the run.</param>
    /// <param name="standstill">Microseconds without a leader or without a store, over the whole run.</param>
    public string? Check(LeaseSpan lease, long now, long standstill) =>
        Once(lease) ?? NeverEarly(lease) ?? NotLate(lease, now, standstill);

    public string? Once(LeaseSpan lease) =>
        lease.Ended.Count > 1 ? $"lease {lease.Id} ended {lease.Ended.Count} times" : null;

    /// <summary>Its time begins no sooner than the last renewal was asked for.</summary>
    public string? NeverEarly(LeaseSpan lease)
    {
        long renewed = lease.Renewals.Select(each => each.Asked).DefaultIfEmpty(0).Max();
        long least = (Ttl(lease) - GrainMicroseconds) * Million / (Million + DriftPerMillion);
        return lease.Ended.Any(end => end < renewed + least)
            ? $"{Describe(lease)} ended early, at {lease.Ended[0]}"
            : null;
    }

    public string? NotLate(LeaseSpan lease, long now, long standstill)
    {
        long end = lease.IsRevoked ? 0 : lease.Ended.Count == 0 ? now : lease.Ended[0];
        long renewed = lease.Renewals.Select(each => each.Done).DefaultIfEmpty(now).Max();
        long latest = renewed + (Ttl(lease) * (Million + DriftPerMillion) / Million) + LateMicroseconds + standstill;
        return end > latest ? $"{Describe(lease)} is late: {end} instead of {latest}" : null;
    }

    private static string Describe(LeaseSpan lease) =>
        $"lease {lease.Id} of {lease.TtlSeconds} s, renewed {string.Join(' ', lease.Renewals)},";

    /// <summary>A lease of centuries ends in no run; as microseconds it would be no number.</summary>
    private static long Ttl(LeaseSpan lease) => Math.Min(lease.TtlSeconds, TtlSecondsMax) * MicrosecondsPerSecond;
}
