using Keelson.Bench.Load.Driving;

namespace Keelson.Bench.Load.Tests;

public sealed class HistogramTests
{
    [FsCheck.NUnit.Property]
    public bool Percentile_AnyValues_IsWithinOnePercentOfTheSortedOne(uint[] durations, byte share)
    {
        Histogram histogram = new();
        foreach (uint duration in durations)
        {
            histogram.Record(duration);
        }

        if (durations.Length == 0)
        {
            return histogram.Percentile(50) == 0;
        }

        double percent = share % 101;
        uint[] sorted = [.. durations.Order()];
        int rank = Math.Max(1, (int)Math.Ceiling(sorted.Length * percent / 100));
        long exact = sorted[rank - 1];
        long told = histogram.Percentile(percent);
        return told >= exact && told <= exact + Math.Max(1, exact / 100);
    }

    [TestCase(0)]
    [TestCase(127)]
    [TestCase(128)]
    [TestCase(1_000_000)]
    [TestCase(3_600_000_000_000)]
    public void Percentile_OneValue_IsThatValue(long nanoseconds)
    {
        Histogram histogram = new();
        histogram.Record(nanoseconds);
        Assert.That(histogram.Percentile(99.9), Is.EqualTo(nanoseconds));
    }

    [TestCase(-5, 0)]
    [TestCase(long.MaxValue, long.MaxValue)]
    public void Record_BeyondRange_IsKeptAsMaximum(long nanoseconds, long maximum)
    {
        Histogram histogram = new();
        histogram.Record(nanoseconds);
        Assert.Multiple(() =>
        {
            Assert.That(histogram.Max, Is.EqualTo(maximum));
            Assert.That(histogram.Count, Is.EqualTo(1));
            Assert.That(histogram.Percentile(100), Is.LessThanOrEqualTo(maximum));
        });
    }

    [Test]
    public void Add_TwoHistograms_CountsBoth()
    {
        Histogram low = new();
        Histogram high = new();
        low.Record(100);
        high.Record(1_000_000);
        low.Add(high);
        Assert.Multiple(() =>
        {
            Assert.That(low.Count, Is.EqualTo(2));
            Assert.That(low.Percentile(50), Is.EqualTo(100));
            Assert.That(low.Percentile(100), Is.EqualTo(1_000_000));
        });
    }
}
