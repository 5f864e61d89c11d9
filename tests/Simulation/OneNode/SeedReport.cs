namespace Keelson.Simulation.OneNode;

/// <summary>What a seed did and whether it kept all promises.</summary>
internal sealed record SeedReport(ulong Seed, string Settings)
{
    /// <summary>The broken promise; null when none is.</summary>
    public string? Complaint { get; init; }

    /// <summary>The last events before a broken promise.</summary>
    public string Journal { get; init; } = "";

    /// <summary>Equal for two runs that did the same.</summary>
    public ulong TraceHash { get; init; }

    public long Events { get; init; }

    /// <summary>Calls, and how many were answered.</summary>
    public (int All, int Answered) Calls { get; init; }

    public long VirtualMicroseconds { get; init; }

    public int Boots { get; init; }

    public int WatchItems { get; init; }

    /// <summary>Terms of a cluster in which somebody led.</summary>
    public int Terms { get; init; }

    public int ExpiredLeases { get; init; }

    public IReadOnlyList<long> Faults { get; init; } = [];

    /// <summary>Faults by kind, those that struck.</summary>
    public static string Describe(IReadOnlyList<long> faults) => string.Join(
        ' ',
        Enum.GetValues<NodeFault>().Where(fault => faults[(int)fault] > 0)
            .Select(fault => $"{fault} {faults[(int)fault]}"));

    public override string ToString() =>
        $"seed {Seed}: {(Complaint is null ? "kept all promises" : "FAILED")}, trace {TraceHash:x16}, "
        + $"{VirtualMicroseconds / 1_000_000} s, {Events} events, {Calls.Answered} of {Calls.All} calls answered, "
        + $"{WatchItems} watch items, {ExpiredLeases} leases expired, {Boots} starts, {Terms} terms, "
        + $"faults: {Describe(Faults)}"
        + (Complaint is null ? "" : $"\n{Settings}\n{Complaint}");
}
