using Keelson.Simulation.Disk;
using Keelson.Simulation.World;
using Keelson.Store;

namespace Keelson.Simulation.OneNode;

/// <summary>Another machine, load and luck for each seed ("swarm testing", Groce et al., 2012).</summary>
internal sealed record NodeSettings
{
    /// <summary>No clock gains or loses more.</summary>
    public const int DriftPerMillionMax = 1000;

    /// <summary>About so many calls of all clients together: judging them takes longer than making them.</summary>
    private const int CallsMax = 3000;

    public required ScheduleSettings Schedule { get; init; }

    public required DiskTiming Disk { get; init; }

    public required EngineTuning Tuning { get; init; }

    public required int Clients { get; init; }

    public required int Watchers { get; init; }

    /// <summary>Between two calls of a client.</summary>
    public required Spread Think { get; init; }

    /// <summary>Between two faults; a mean of 0 for none.</summary>
    public required Spread FaultPause { get; init; }

    /// <summary>Which faults this seed has.</summary>
    public required IReadOnlyList<NodeFault> Faults { get; init; }

    public required long DriftPerMillion { get; init; }

    /// <summary>Virtual time with faults.</summary>
    public required long SafetyMicroseconds { get; init; }

    public required int TailBytes { get; init; }

    public static NodeSettings Draw(SeededRandom random)
    {
        int clients = 1 + random.Below(12);
        long safety = 5_000_000 + random.Below(40_000_000);
        return new NodeSettings
        {
            Schedule = ScheduleSettings.Draw(random),
            Disk = DiskTiming.Draw(random),
            Tuning = DrawTuning(random),
            Clients = clients,
            Watchers = random.Below(6),
            Think = new Spread(10, safety * clients / (200 + random.Below(CallsMax))),
            FaultPause = new Spread(1000, 100_000 + random.Below(10_000_000)),
            Faults = [.. Enum.GetValues<NodeFault>().Where(_ => random.Below(2) == 0)],
            DriftPerMillion = random.Below(3) == 0 ? random.Below(2 * DriftPerMillionMax) - DriftPerMillionMax : 0,
            SafetyMicroseconds = safety,
            TailBytes = random.Below(2) == 0 ? 1 << 10 : 1 << 20,
        };
    }

    public override string ToString() =>
        $"{Clients} clients every {Think.Mean} us, {Watchers} watchers, {SafetyMicroseconds / 1000} ms, "
        + $"faults {string.Join(' ', Faults)} every {FaultPause.Mean} us, drift {DriftPerMillion}, {Schedule}, {Disk}, "
        + $"{Tuning}, tail {TailBytes}";

    private static EngineTuning DrawTuning(SeededRandom random) => new()
    {
        CheckpointRequests = 4 + random.Below(random.Below(2) == 0 ? 40 : 2000),
        CheckpointBytes = (1 << 10) + random.Below(1 << 20),
        HistorySegmentBytes = (2 << 10) + random.Below(256 << 10),
        HistoryChunkBytes = 512 + random.Below(16 << 10),
        PageSplitBytes = 256 + random.Below(2048),
        PoorTreeSegmentBytesMin = 256 + random.Below(16 << 10),
        DiskReserveBytesMin = 1 << 20,
        MaintenanceInterval = TimeSpan.FromMilliseconds(1 + random.Below(1000)),
    };
}
