using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Keelson.Bench.Micro.Reports;

/// <summary>One figure set: nanoseconds of wall time, and what else was counted, per operation.</summary>
internal sealed record MicroResult
{
    public required string Name { get; init; }

    public required double MeanNanoseconds { get; init; }

    /// <summary>Half the range of the iterations or rounds.</summary>
    public required double SpreadNanoseconds { get; init; }

    /// <summary>Bytes on the managed heap.</summary>
    public double? AllocatedBytes { get; init; }

    /// <summary>User and system time of the process; of the durable comparison only.</summary>
    public double? CpuNanoseconds { get; init; }

    /// <summary>Bytes that the process gave to write calls; of the durable comparison only.</summary>
    public double? WrittenBytes { get; init; }

    public static string NameOf(BenchmarkCase benchmark) =>
        $"{benchmark.Descriptor.Type.Name.Replace("Benchmarks", "", StringComparison.Ordinal)}."
        + benchmark.Descriptor.WorkloadMethod.Name;

    public static IEnumerable<MicroResult> Of(Summary summary)
    {
        foreach (BenchmarkReport report in summary.Reports.Where(report => report.Success))
        {
            yield return new MicroResult
            {
                Name = NameOf(report.BenchmarkCase),
                MeanNanoseconds = report.ResultStatistics!.Mean,
                SpreadNanoseconds = (report.ResultStatistics.Max - report.ResultStatistics.Min) / 2,
                AllocatedBytes = report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase),
            };
        }
    }
}
