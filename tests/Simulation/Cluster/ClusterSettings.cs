using Keelson.Base.Identity;
using Keelson.Simulation.Network;
using Keelson.Simulation.OneNode;

namespace Keelson.Simulation.Cluster;

/// <summary>Another cluster and another network for each seed.</summary>
internal sealed record ClusterSettings(
    IReadOnlyList<MemberId> Members, long HeartbeatMilliseconds, int ElectionTicks, NetworkSettings Network)
{
    /// <summary>What one member may suffer while others have to catch it up from their logs alone.</summary>
    private static readonly NodeFault[] Faults =
    [
        NodeFault.PowerLoss, NodeFault.Kill, NodeFault.Pause, NodeFault.PowerCut, NodeFault.ErrorBefore,
        NodeFault.ErrorAfter, NodeFault.WallJump, NodeFault.Drift,
    ];

    public required WeatherSettings Weather { get; init; }

    public static ClusterSettings Draw(SeededRandom random)
    {
        int size = random.Below(4) == 0 ? 5 : 3;
        return new ClusterSettings(
            [.. Enumerable.Range(1, size).Select(number => new MemberId((ulong)number))],
            20 + random.Below(100),
            5 + random.Below(10),
            NetworkSettings.Draw(random))
        {
            Weather = WeatherSettings.Draw(random),
        };
    }

    /// <summary>
    /// A member's own machine. Logs are kept whole: a member that was away for long gets everything from them.
    /// </summary>
    public static NodeSettings Member(SeededRandom random)
    {
        NodeSettings drawn = NodeSettings.Draw(random);
        return drawn with
        {
            Faults = [.. Faults.Where(_ => random.Below(2) == 0)],
            FaultPause = new World.Spread(100_000, 1_000_000 + random.Below(30_000_000)),
            Tuning = drawn.Tuning with
            {
                CheckpointRequests = long.MaxValue,
                CheckpointBytes = long.MaxValue,
                LogSegmentsDue = 1_000_000,
            },
        };
    }

    /// <summary>A load under which every planted fault has its chance within a few seeds.</summary>
    public static NodeSettings Member(ClusterCanary canary, NodeSettings drawn) => drawn with
    {
        Faults = canary switch
        {
            ClusterCanary.AcknowledgesBeforeDurable => [],
            ClusterCanary.LeasesByWallClock => [NodeFault.WallJump],
            _ => [NodeFault.Kill, NodeFault.Pause],
        },
        Disk = Disk.DiskTiming.Good with { Durable = new World.Spread(10_000, 100_000) },
        FaultPause = new World.Spread(100_000, 2_000_000),
    };

    public override string ToString() =>
        $"{Members.Count} members, heartbeat {HeartbeatMilliseconds} ms, election {ElectionTicks} ticks, "
        + $"{Network}, {Weather}";
}
