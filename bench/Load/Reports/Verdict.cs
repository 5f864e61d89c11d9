namespace Keelson.Bench.Load.Reports;

/// <summary>What a set of rounds says.</summary>
internal enum Verdict
{
    /// <summary>The ranges of the two sides overlap, or the rounds are too few: noise or equality.</summary>
    None,
    Better,
    Worse,
}
