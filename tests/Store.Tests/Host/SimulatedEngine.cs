using Keelson.Base.Seams;
using Keelson.Simulation;
using Keelson.Store.Host;

namespace Keelson.Store.Tests.Host;

/// <summary>An engine on a simulated disk, with a clock of the test's and always the same chance.</summary>
internal static class SimulatedEngine
{
    /// <summary>Small log segments; a failure is the test's to find, and does not end the process.</summary>
    public static StoreOptions Options => new() { LogSegmentBytes = 4 << 20, Failed = static _ => { } };

    public static StoreEngine Open(IDisk disk, IClock clock, StoreOptions? options = null) =>
        StoreEngine.Open(disk, options ?? Options, clock, new SeededRandom(2));
}
