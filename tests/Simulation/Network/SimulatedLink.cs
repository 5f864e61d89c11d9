using Keelson.Base.Identity;

namespace Keelson.Simulation.Network;

/// <summary>One direction between two members.</summary>
internal sealed class SimulatedLink(MemberId from, MemberId to)
{
    public MemberId From { get; } = from;

    public MemberId To { get; } = to;

    public string Name { get; } = $"{from}>{to}";

    /// <summary>How many reasons there are for nothing to come through.</summary>
    public int Cuts { get; set; }

    /// <summary>Nothing arrives before this moment; it is not lost.</summary>
    public long CloggedUntil { get; set; } = -1;

    /// <summary>What was sent on an earlier connection never arrives.</summary>
    public long Connection { get; set; }

    /// <summary>Streams keep their order: nothing overtakes what arrives then.</summary>
    public long LastArrival { get; set; }

    /// <summary>Until then the wire is busy with what was sent before.</summary>
    public long SendingUntil { get; set; }

    public int UnderWay { get; set; }

    /// <summary>What arrived while nothing came through, oldest first.</summary>
    public Queue<byte[]> Held { get; } = new();
}
