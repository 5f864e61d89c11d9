using Keelson.Bench.Load.Driving;

namespace Keelson.Bench.Load.Tests;

public sealed class PacerTests
{
    private const long TicksPerSecond = 1_000_000;

    [Test]
    public void TryTake_BeforeDue_Refuses()
    {
        Pacer pacer = new(1_000, 5_000, TicksPerSecond);
        Assert.Multiple(() =>
        {
            Assert.That(pacer.TryTake(4_999, out long first), Is.False);
            Assert.That(first, Is.EqualTo(5_000));
            Assert.That(pacer.TryTake(5_000, out _), Is.True);
            Assert.That(pacer.TryTake(5_999, out long second), Is.False);
            Assert.That(second, Is.EqualTo(6_000));
        });
    }

    // A stall of ten calls is charged to all ten: their due times lie in the past.
    [Test]
    public void TryTake_AfterStall_HandsOutMissedCallsWithTheirOwnDueTimes()
    {
        Pacer pacer = new(1_000, 0, TicksPerSecond);
        List<long> dues = [];
        while (pacer.TryTake(9_500, out long due))
        {
            dues.Add(due);
        }

        Assert.That(dues, Is.EqualTo(Enumerable.Range(0, 10).Select(index => index * 1_000L)));
    }

    // Rounding must not add up: 3 per second has no whole number of ticks between calls.
    [FsCheck.NUnit.Property]
    public bool NextDue_AnyRate_KeepsTheRateOverAMinute(ushort rate)
    {
        int callsPerSecond = rate + 1;
        Pacer pacer = new(callsPerSecond, 0, TicksPerSecond);
        int calls = 0;
        while (pacer.TryTake((10 * TicksPerSecond) - 1, out _))
        {
            calls++;
        }

        return Math.Abs(calls - (10 * callsPerSecond)) <= 1;
    }

    [TestCase(0)]
    [TestCase(-1)]
    public void Constructor_NoRate_IsRefused(double rate)
    {
        Assert.That(() => new Pacer(rate, 0, TicksPerSecond), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
