using Keelson.Bench.Load.Reports;

namespace Keelson.Bench.Load.Tests;

public sealed class ComparisonTests
{
    private static readonly double[] Slow = [10, 11, 12, 11, 10];
    private static readonly double[] Fast = [5, 5.5, 6, 5, 5];

    [TestCase(true, 2.0)]
    [TestCase(false, 0.5)]
    public void Of_RangesApart_GivesMedianRatioAndVerdict(bool lowerIsBetter, double ratio)
    {
        Comparison comparison = Comparison.Of("figure", Slow, Fast, lowerIsBetter);
        Assert.Multiple(() =>
        {
            Assert.That(comparison.Ratio, Is.EqualTo(ratio).Within(1e-9));
            Assert.That(comparison.Verdict, Is.EqualTo(lowerIsBetter ? Verdict.Better : Verdict.Worse));
            Assert.That(comparison.RatioLow, Is.LessThanOrEqualTo(comparison.RatioHigh));
        });
    }

    [Test]
    public void Of_RangesTouch_GivesNoVerdict()
    {
        double[] almost = [.. Fast[..4], 10];
        Assert.That(Comparison.Of("figure", Slow, almost, true).Verdict, Is.EqualTo(Verdict.None));
    }

    [Test]
    public void Of_FourRounds_GivesNoVerdict()
    {
        Assert.That(Comparison.Of("figure", Slow[..4], Fast[..4], true).Verdict, Is.EqualTo(Verdict.None));
    }

    [Test]
    public void Of_UnequalRounds_IsRefused()
    {
        Assert.That(() => Comparison.Of("figure", Slow, Fast[..4], true), Throws.ArgumentException);
    }

    [TestCase(new double[] { 3, 1, 2 }, 2)]
    [TestCase(new double[] { 4, 1, 2, 3 }, 2.5)]
    public void Median_OddAndEvenCounts_IsTheMiddle(double[] values, double median)
    {
        Assert.That(Comparison.Median(values), Is.EqualTo(median));
    }
}
