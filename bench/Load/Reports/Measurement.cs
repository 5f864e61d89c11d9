namespace Keelson.Bench.Load.Reports;

/// <summary>One timed window on one server.</summary>
internal sealed record Measurement
{
    public required double Seconds { get; init; }

    public required long Operations { get; init; }

    public required double CpuSeconds { get; init; }

    public required double SystemSeconds { get; init; }

    public required double P50Micros { get; init; }

    public required double P99Micros { get; init; }

    public required double P999Micros { get; init; }

    public required double MaxMicros { get; init; }

    public required double WrittenBytesPerOperation { get; init; }

    public required double AnonymousMegabytes { get; init; }

    /// <summary>What the load itself cost, in this process.</summary>
    public required double ClientCpuSeconds { get; init; }

    public double ClientCpuMicrosPerOperation => ClientCpuSeconds * 1e6 / Operations;

    public double OperationsPerSecond => Operations / Seconds;

    public double CpuMicrosPerOperation => CpuSeconds * 1e6 / Operations;

    /// <summary>How much of the CPU time was the kernel's.</summary>
    public double SystemShare => CpuSeconds == 0 ? 0 : SystemSeconds / CpuSeconds;
}
