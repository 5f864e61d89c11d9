namespace Keelson.Simulation.World;

/// <summary>
/// What a node's actors have in common: how they are scheduled, and that they pause and end together.
/// </summary>
internal sealed class SimulatedMachine(SimulatedWorld world, string name, ScheduleSettings schedule)
{
    private readonly List<SimulatedActor> _actors = [];
    private readonly List<Action> _missed = [];

    public SimulatedWorld World => world;

    public string Name => name;

    public ScheduleSettings Schedule => schedule;

    public SeededRandom Random { get; } = world.RandomOf($"schedule of {name}");

    /// <summary>Nothing of the process runs (SIGSTOP, a stopped virtual machine); disk and network go on.</summary>
    public bool IsPaused { get; private set; }

    public void Pause()
    {
        IsPaused = true;
        world.Note($"{name} pauses");
    }

    public void Resume()
    {
        IsPaused = false;
        world.Note($"{name} goes on");
        _actors.ForEach(actor => actor.Resume());
        Action[] missed = [.. _missed];
        _missed.Clear();
        Array.ForEach(missed, each => each());
    }

    /// <summary>The process is paused and sees this when it goes on; what is killed before sees nothing.</summary>
    public void WhenResumed(Action action) => _missed.Add(action);

    public SimulatedActor Create(string actor, Func<TimeSpan> step, Action<Exception> failed)
    {
        var created = new SimulatedActor(this, $"{name} {actor}", step, failed);
        _actors.Add(created);
        return created;
    }

    /// <summary>The process is gone: none of its actors makes another step.</summary>
    public void Kill()
    {
        IsPaused = false;
        _actors.ForEach(actor => actor.Dispose());
        _actors.Clear();
        _missed.Clear();
    }
}
