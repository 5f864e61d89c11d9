using Keelson.Simulation.World;

namespace Keelson.Simulation.Network;

/// <summary>What a cluster's links are like; ranges of TigerBeetle's VOPR and of what tc-netem is used for.</summary>
internal sealed record NetworkSettings
{
    /// <summary>A local network in good order.</summary>
    public static readonly NetworkSettings Good = new();

    /// <summary>One way.</summary>
    public Spread Delay { get; init; } = new(100, 500);

    /// <summary>Messages that vanish, of a thousand: a transport drops what its full queue cannot take.</summary>
    public int LossPerMille { get; init; }

    /// <summary>Messages that come twice, of a thousand.</summary>
    public int DuplicatePerMille { get; init; }

    /// <summary>Messages that do not wait for those before them, of a thousand: a second connection.</summary>
    public int ReorderPerMille { get; init; }

    /// <summary>Messages under way on one link; more are dropped.</summary>
    public int CapacityMessages { get; init; } = 4096;

    /// <summary>Bytes a second of one link; a message takes as long as its bytes.</summary>
    public long BytesPerSecond { get; init; } = 125_000_000;

    /// <summary>
    /// What is under way while a link is cut comes when it is mended, as retransmitted segments do; else it is lost.
    /// </summary>
    public bool HoldsWhileCut { get; init; }

    /// <summary>Another network for each seed; every third one is good.</summary>
    public static NetworkSettings Draw(SeededRandom random)
    {
        long least = random.Below(30_000);
        bool isBad = random.Below(3) > 0;
        bool isNarrow = random.Below(5) == 0;
        return new NetworkSettings
        {
            Delay = isBad ? new Spread(least, least + 1 + random.Below(70_000)) : Good.Delay,
            LossPerMille = isBad ? random.Below(2) * random.Below(300) : 0,
            DuplicatePerMille = isBad ? random.Below(2) * random.Below(300) : 0,
            ReorderPerMille = isBad ? random.Below(2) * random.Below(300) : 0,
            CapacityMessages = isNarrow ? 2 + random.Below(20) : Good.CapacityMessages,
            BytesPerSecond = isNarrow ? 50_000 + random.Below(10_000_000) : Good.BytesPerSecond,
            HoldsWhileCut = random.Below(2) == 0,
        };
    }
}
