using Keelson.Simulation;
using Keelson.Store.Host;

namespace Keelson.Store.Tests.Host;

/// <summary>Who makes trimming wait, and for how long.</summary>
public sealed class LongReadersTests
{
    [Test]
    public void Oldest_WithReaders_IsTheOldestOfThem()
    {
        var readers = new LongReaders(new ManualClock());
        Assert.That(readers.Oldest(), Is.EqualTo(long.MaxValue));
        LongReader first = readers.Enter();
        Assert.That(readers.Oldest(), Is.EqualTo(-1), "one that has not said what it needs holds everything");
        first.Hold(70);
        LongReader second = readers.Enter();
        second.Hold(50);
        Assert.That(readers.Oldest(), Is.EqualTo(50));
        second.Dispose();
        Assert.That(readers.Oldest(), Is.EqualTo(70));
        first.Dispose();
        first.Dispose();
        Assert.That(readers.Oldest(), Is.EqualTo(long.MaxValue));
    }

    [Test]
    public void Oldest_AfterTenMinutes_EndsTheReader()
    {
        var clock = new ManualClock();
        var readers = new LongReaders(clock);
        using LongReader slow = readers.Enter();
        slow.Hold(50);
        clock.Advance(LongReaders.MillisecondsMax - 1);
        Assert.That(readers.Oldest(), Is.EqualTo(50));
        slow.RequireHeld();
        using LongReader late = readers.Enter();
        late.Hold(60);
        clock.Advance(1);
        Assert.That(readers.Oldest(), Is.EqualTo(60));
        Assert.That(
            slow.RequireHeld, Throws.TypeOf<StoreException>().With.Property("Error").EqualTo(StoreError.Compacted));
        late.RequireHeld();
    }

    [Test]
    public void Dispose_OfAReader_WakesTrimming()
    {
        int wakes = 0;
        var readers = new LongReaders(new ManualClock());
        readers.Connect(() => wakes++);
        readers.Enter().Dispose();
        Assert.That(wakes, Is.EqualTo(1));
    }
}
