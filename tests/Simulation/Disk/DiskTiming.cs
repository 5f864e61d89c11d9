using Keelson.Simulation.World;

namespace Keelson.Simulation.Disk;

/// <summary>How long a device takes for what; all in microseconds.</summary>
/// <param name="Read">A read that the page cache does not have.</param>
/// <param name="Write">A write into the page cache.</param>
/// <param name="Durable">A durable write of a few blocks.</param>
/// <param name="Sync">A sync of a file or of the names.</param>
internal sealed record DiskTiming(Spread Read, Spread Write, Spread Durable, Spread Sync)
{
    /// <summary>A solid state disk in good order.</summary>
    public static readonly DiskTiming Good = new(new(5, 20), new(2, 10), new(30, 200), new(100, 1000));

    /// <summary>From one to the next slow time; 0 when there are none.</summary>
    public long SlowPauseMean { get; init; }

    public long SlowDurationMean { get; init; }

    /// <summary>In a slow time everything takes so many times as long.</summary>
    public int SlowFactor { get; init; } = 1;

    /// <summary>Another disk for each seed; every third one is good.</summary>
    public static DiskTiming Draw(SeededRandom random)
    {
        if (random.Below(3) == 0)
        {
            return Good;
        }

        bool hasSlowTimes = random.Below(2) == 0;
        return new DiskTiming(
            new Spread(1, 2 + random.Below(20_000)),
            new Spread(1, 2 + random.Below(1000)),
            new Spread(10, 20 + random.Below(20_000)),
            new Spread(10, 20 + random.Below(50_000)))
        {
            SlowPauseMean = hasSlowTimes ? 1_000_000 + random.Below(20_000_000) : 0,
            SlowDurationMean = 100_000 + random.Below(3_000_000),
            SlowFactor = 10 + random.Below(200),
        };
    }
}
