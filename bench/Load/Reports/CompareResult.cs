using Keelson.Bench.Load.Workloads;

namespace Keelson.Bench.Load.Reports;

/// <summary>A whole comparison: what was run, each round, and what it says.</summary>
internal sealed record CompareResult
{
    public required string Workload { get; init; }

    public required string Shape { get; init; }

    public required int KeyBytes { get; init; }

    public required int ValueBytes { get; init; }

    public required int Keys { get; init; }

    /// <summary>Calls per second; 0 is saturation.</summary>
    public required double Rate { get; init; }

    public required string A { get; init; }

    public required string B { get; init; }

    public required IReadOnlyList<Measurement> RoundsA { get; init; }

    public required IReadOnlyList<Measurement> RoundsB { get; init; }

    /// <summary>Durable writes per operation, counted in an extra traced round; null when they could not be.</summary>
    public double? SyncsPerOperationA { get; init; }

    public double? SyncsPerOperationB { get; init; }

    public IReadOnlyList<Comparison> Comparisons { get; private init; } = [];

    public static CompareResult Of(WorkloadPlan plan, double rate, (string A, string B) names,
        (List<Measurement> A, List<Measurement> B) rounds)
    {
        Comparison Compare(string figure, Func<Measurement, double> select, bool lowerIsBetter = true) =>
            Comparison.Of(figure, rounds.A.ConvertAll(item => select(item)), rounds.B.ConvertAll(item => select(item)),
                lowerIsBetter);

        List<Comparison> comparisons =
        [
            Compare("server CPU us/op", item => item.CpuMicrosPerOperation),
            Compare("operations/s", item => item.OperationsPerSecond, lowerIsBetter: false),
            Compare("p50 us", item => item.P50Micros),
            Compare("p99 us", item => item.P99Micros),
            Compare("p99.9 us", item => item.P999Micros),
            Compare("anonymous memory MB", item => item.AnonymousMegabytes),
        ];
        if (rounds.A.Concat(rounds.B).All(item => item.WrittenBytesPerOperation > 0))
        {
            comparisons.Add(Compare("written bytes/op, charged", item => item.WrittenBytesPerOperation));
            AddWhereKnown("written bytes/op, device", item => item.DeviceBytesPerOperation);
            AddWhereKnown("syncs/op, by metrics", item => item.SyncsPerOperation);
        }

        void AddWhereKnown(string figure, Func<Measurement, double?> select)
        {
            if (rounds.A.Concat(rounds.B).All(item => select(item) > 0))
            {
                comparisons.Add(Compare(figure, item => select(item) ?? 0));
            }
        }

        return new CompareResult
        {
            Workload = plan.Name,
            Shape = plan.Shape.ToString(),
            KeyBytes = plan.KeyBytes,
            ValueBytes = plan.ValueBytes,
            Keys = plan.Keys,
            Rate = rate,
            A = names.A,
            B = names.B,
            RoundsA = rounds.A,
            RoundsB = rounds.B,
            Comparisons = comparisons,
        };
    }
}
