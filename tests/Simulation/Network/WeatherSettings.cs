using Keelson.Simulation.World;

namespace Keelson.Simulation.Network;

/// <summary>How often a network is disturbed, and for how long.</summary>
internal sealed record WeatherSettings(Spread Pause, Spread Duration)
{
    public static readonly WeatherSettings Calm = new(new Spread(0, 1), new Spread(0, 1)) { IsCalm = true };

    public bool IsCalm { get; private init; }

    public static WeatherSettings Draw(SeededRandom random) => random.Below(4) == 0
        ? Calm
        : new WeatherSettings(
            new Spread(100_000, 200_000 + random.Below(10_000_000)),
            new Spread(10_000, 20_000 + random.Below(5_000_000)));
}
