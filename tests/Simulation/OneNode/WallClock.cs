using Keelson.Base.Seams;
using Keelson.Simulation.World;

namespace Keelson.Simulation.OneNode;

/// <summary>A planted fault: the time that decides is the wall clock's.</summary>
internal sealed class WallClock(SimulatedClock clock) : IClock
{
    public long MonotonicMilliseconds => clock.Now.ToUnixTimeMilliseconds();

    public DateTimeOffset Now => clock.Now;
}
