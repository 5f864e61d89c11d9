namespace Keelson.Simulation.World;

public sealed class SimulatedWorldTests
{
    [Test]
    public void Step_EventsOfSeveralMoments_HappenByTimeThenByOrder()
    {
        var world = new SimulatedWorld(1);
        List<string> happened = [];
        world.At(20, "late", () => happened.Add("late"));
        world.At(10, "first", () => happened.Add("first"));
        world.At(10, "second", () => world.After(0, "third", () => happened.Add("third")));
        world.At(10, "fourth", () => happened.Add("fourth"));
        world.At(15, "canceled", () => happened.Add("canceled")).Cancel();

        world.RunUntil(100);

        Assert.That(happened, Is.EqualTo(new[] { "first", "fourth", "third", "late" }));
        Assert.That(world.Now, Is.EqualTo(100));
    }

    [Test]
    public void At_AMomentThatIsOver_IsNow()
    {
        var world = new SimulatedWorld(1);
        world.RunUntil(50);
        world.At(10, "late", () => { });
        world.Step();
        Assert.That(world.Now, Is.EqualTo(50));
    }

    [Test]
    public void Spend_InAnEvent_MovesTimeForItAndWhatItPlans()
    {
        var world = new SimulatedWorld(1);
        List<long> times = [];
        world.At(10, "busy", () =>
        {
            world.Spend(5);
            times.Add(world.Now);
            world.After(1, "planned", () => times.Add(world.Now));
        });
        world.At(12, "other", () => times.Add(world.Now));

        world.RunUntil(100);

        Assert.That(times, Is.EqualTo(new[] { 15, 12, 16 }));
    }

    [Test]
    public void RandomOf_OneConcern_IsNotShiftedByAnother()
    {
        var world = new SimulatedWorld(7);
        ulong undisturbed = new SimulatedWorld(7).RandomOf("disk").Next();
        world.RandomOf("network").Next();
        Assert.That(world.RandomOf("disk").Next(), Is.EqualTo(undisturbed));
        Assert.That(world.RandomOf("network").Next(), Is.Not.EqualTo(undisturbed));
    }

    [Test]
    public void Trace_WhatHappens_DecidesTheHash()
    {
        static ulong Run(string what, long time)
        {
            var world = new SimulatedWorld(1);
            world.At(time, what, () => { });
            world.RunUntil(10);
            return world.Trace.Value;
        }

        ulong first = Run("a", 1);
        ulong second = Run("a", 1);
        Assert.That(second, Is.EqualTo(first));
        Assert.That(first, Is.Not.EqualTo(Run("b", 1)).And.Not.EqualTo(Run("a", 2)));
    }

    [Test]
    public void Clock_DriftAndJumps_ChangeWhatTheyShould()
    {
        var world = new SimulatedWorld(1);
        var clock = new SimulatedClock(world);
        clock.Drift(1000);
        world.RunUntil(10_000_000);
        Assert.That(clock.MonotonicMilliseconds, Is.EqualTo(10_010));

        DateTimeOffset before = clock.Now;
        clock.JumpWall(-5000);
        Assert.That(clock.Now, Is.EqualTo(before.AddSeconds(-5)));
        Assert.That(clock.MonotonicMilliseconds, Is.EqualTo(10_010));

        clock.Drift(-500_000);
        clock.Skip(7);
        world.RunUntil(12_000_000);
        Assert.That(clock.MonotonicMilliseconds, Is.EqualTo(11_017));
    }

    [Test]
    public void Draw_Spread_HasItsLeastAndItsMean()
    {
        var random = new SeededRandom(3);
        var spread = new Spread(100, 1100);
        List<long> drawn = [.. Enumerable.Range(0, 100_000).Select(_ => spread.Draw(random))];
        Assert.That(drawn.Min(), Is.InRange(100, 110));
        // The deviation of one is about the mean: five of the mean of 100,000 are below 20.
        Assert.That(drawn.Average(), Is.EqualTo(1100).Within(20));
    }
}
