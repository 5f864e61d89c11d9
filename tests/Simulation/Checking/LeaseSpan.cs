namespace Keelson.Simulation.Checking;

/// <summary>The life of one lease as clients and the store tell it, in microseconds of virtual time.</summary>
internal sealed record LeaseSpan(long Id, long TtlSeconds)
{
    /// <summary>Begin and end of each grant and keep-alive that was answered; an unanswered one has no end.</summary>
    public List<(long Invoked, long Returned)> Renewals { get; } = [];

    /// <summary>When the store ended it by itself.</summary>
    public List<long> Ended { get; } = [];

    /// <summary>When its keys were seen to go, and the revision: of all of them one.</summary>
    public List<(string Key, long Revision)> Gone { get; } = [];
}
