namespace Keelson.Bench.Load.Reports;

/// <summary>
/// One figure of two servers over interleaved rounds. The ratio is how many times better the second one is, per round,
/// so that a slow minute of the machine hits both sides of a ratio.
/// </summary>
internal sealed record Comparison
{
    /// <summary>With fewer rounds two equal servers differ too often: at five it is one time in 126.</summary>
    public const int RoundsForVerdictMin = 5;

    public required string Figure { get; init; }

    public required double MedianA { get; init; }

    public required double MedianB { get; init; }

    public required double Ratio { get; init; }

    public required double RatioLow { get; init; }

    public required double RatioHigh { get; init; }

    public required Verdict Verdict { get; init; }

    public static Comparison Of(
        string figure, IReadOnlyList<double> a, IReadOnlyList<double> b, bool lowerIsBetter)
    {
        if (a.Count == 0 || a.Count != b.Count)
        {
            throw new ArgumentException($"{a.Count} and {b.Count} rounds cannot be compared", nameof(b));
        }

        List<double> ratios = a.Zip(b, (left, right) => lowerIsBetter ? left / right : right / left).Order().ToList();
        double median = Median(ratios);
        bool overlap = a.Min() <= b.Max() && b.Min() <= a.Max();
        return new Comparison
        {
            Figure = figure,
            MedianA = Median(a),
            MedianB = Median(b),
            Ratio = median,
            RatioLow = ratios[0],
            RatioHigh = ratios[^1],
            Verdict = overlap || a.Count < RoundsForVerdictMin ? Verdict.None
                : median > 1 ? Verdict.Better : Verdict.Worse,
        };
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = values.Order().ToArray();
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
