namespace Keelson.Simulation.World;

/// <summary>Something that happens at a moment, unless it is canceled before.</summary>
internal sealed class WorldEvent(long time, string what, Action action)
{
    /// <summary>Microseconds of virtual time.</summary>
    public long Time { get; } = time;

    /// <summary>Its name in the journal and in the trace hash.</summary>
    public string What { get; } = what;

    public bool IsCanceled { get; private set; }

    public void Cancel() => IsCanceled = true;

    public void Run() => action();
}
