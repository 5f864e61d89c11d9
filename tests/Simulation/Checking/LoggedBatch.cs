namespace Keelson.Simulation.Checking;

/// <summary>One entry of the log: when it was, and which calls are in it, by number and in order.</summary>
internal sealed record LoggedBatch(long Index, long ClusterTime, IReadOnlyList<long> Calls)
{
    /// <summary>Virtual time of its write, in microseconds.</summary>
    public long WrittenAt { get; init; }
}
