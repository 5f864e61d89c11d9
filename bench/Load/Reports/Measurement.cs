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

    /// <summary>Bytes that the kernel charged the process with: whole pages of the cache.</summary>
    public required double WrittenBytesPerOperation { get; init; }

    /// <summary>Bytes that the device under the data wrote, for everybody; null when it cannot be told.</summary>
    public double? DeviceBytesPerOperation { get; init; }

    /// <summary>Syncs of the log by the server's own metric; null when it has none.</summary>
    public double? LogSyncsPerOperation { get; init; }

    /// <summary>Commits of its database by the server's own metric.</summary>
    public double? CommitsPerOperation { get; init; }

    public required double AnonymousMegabytes { get; init; }

    /// <summary>What the load itself cost, in this process.</summary>
    public required double ClientCpuSeconds { get; init; }

    public double ClientCpuMicrosPerOperation => ClientCpuSeconds * 1e6 / Operations;

    public double? SyncsPerOperation => LogSyncsPerOperation + CommitsPerOperation;

    public double OperationsPerSecond => Operations / Seconds;

    public double CpuMicrosPerOperation => CpuSeconds * 1e6 / Operations;

    /// <summary>How much of the CPU time was the kernel's.</summary>
    public double SystemShare => CpuSeconds == 0 ? 0 : SystemSeconds / CpuSeconds;
}
