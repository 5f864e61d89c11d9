namespace Keelson.Simulation.Checking;

/// <summary>The life of one lease from its grant to its end, in microseconds of virtual time.</summary>
internal sealed record LeaseSpan(long Id, long TtlSeconds)
{
    /// <summary>The grant and each keep-alive: no sooner than the first, in force no later than the second.</summary>
    public List<(long Asked, long Done)> Renewals { get; } = [];

    /// <summary>When the store ended it by itself.</summary>
    public List<long> Ended { get; } = [];

    /// <summary>A client ended it.</summary>
    public bool IsRevoked { get; set; }
}
