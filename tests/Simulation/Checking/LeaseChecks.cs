namespace Keelson.Simulation.Checking;

/// <summary>Leases end never early, not late, once, and with all their keys under one revision.</summary>
/// <param name="DriftPerMillion">How much faster or slower than virtual time any clock may run.</param>
/// <param name="LateMicroseconds">
/// How late an end may be while somebody leads: the longest cluster time stands still, and a batch's way.
/// </param>
internal sealed record LeaseChecks(long DriftPerMillion, long LateMicroseconds)
{
    private const long MicrosecondsPerSecond = 1_000_000;
    private const long Million = 1_000_000;

    /// <summary>What is wrong with a lease; null when nothing is.</summary>
    /// <param name="lease">Its life.</param>
    /// <param name="now">The end of the run.</param>
    /// <param name="standstill">Microseconds without a leader or without a store, over the whole run.</param>
    public string? Check(LeaseSpan lease, long now, long standstill) =>
        Once(lease) ?? NeverEarly(lease) ?? NotLate(lease, now, standstill) ?? OneRevision(lease);

    public string? Once(LeaseSpan lease) =>
        lease.Ended.Count > 1 ? $"lease {lease.Id} ended {lease.Ended.Count} times" : null;

    /// <summary>Its time begins no sooner than the last answered renewal was asked for.</summary>
    public string? NeverEarly(LeaseSpan lease)
    {
        foreach (long end in lease.Ended)
        {
            long renewed = lease.Renewals.Where(each => each.Returned < end)
                .Select(each => each.Invoked).DefaultIfEmpty(0).Max();
            long least = Ttl(lease) * Million / (Million + DriftPerMillion);
            if (end < renewed + least)
            {
                return $"lease {lease.Id} of {lease.TtlSeconds} s, renewed at {renewed}, ended early, at {end}";
            }
        }

        return null;
    }

    public string? NotLate(LeaseSpan lease, long now, long standstill)
    {
        bool isUnknown = lease.Renewals.Count == 0 || lease.Renewals.Exists(each => each.Returned == Call.Never);
        if (isUnknown)
        {
            return null;
        }

        long end = lease.Ended.Count == 0 ? now : lease.Ended[0];
        long renewed = lease.Renewals.Where(each => each.Invoked < end)
            .Select(each => each.Returned).DefaultIfEmpty(now).Max();
        long latest = renewed + (Ttl(lease) * (Million + DriftPerMillion) / Million) + LateMicroseconds + standstill;
        return end > latest ? $"lease {lease.Id} of {lease.TtlSeconds} s, renewed at {renewed}, is late: {end}" : null;
    }

    public string? OneRevision(LeaseSpan lease) => lease.Gone.Select(each => each.Revision).Distinct().Count() > 1
        ? $"the keys of lease {lease.Id} went one after the other: {string.Join(' ', lease.Gone)}"
        : null;

    private static long Ttl(LeaseSpan lease) => lease.TtlSeconds * MicrosecondsPerSecond;
}
