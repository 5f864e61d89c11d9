using Keelson.Simulation.World;
using Keelson.Store.Host;

namespace Keelson.Simulation.OneNode;

/// <summary>An engine's loop as an actor of the world.</summary>
internal sealed class SimulatedLoop(SimulatedActor actor) : ILoop
{
    public void Start() => actor.Start();

    public void Wake() => actor.Wake();

    public void Dispose() => actor.Dispose();
}
