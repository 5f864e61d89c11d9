using System.Net;

namespace Keelson.Bench.Load.Driving;

/// <summary>Where and how to drive.</summary>
internal sealed record DriverOptions
{
    public required IPEndPoint Server { get; init; }

    public required Shape Shape { get; init; }

    /// <summary>Calls per second over all connections; 0 saturates.</summary>
    public double Rate { get; init; }

    /// <summary>Ends after so many calls; 0 runs until stopped.</summary>
    public long Calls { get; init; }
}
