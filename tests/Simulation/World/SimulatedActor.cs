namespace Keelson.Simulation.World;

/// <summary>
/// A loop without a thread: runs its step, is busy for what the step spent, then sleeps until it is woken or its
/// patience ends.
/// </summary>
/// <remarks>
/// Promise: a <see cref="Wake"/> that comes before or during a step is followed by another step, never sooner than the
/// one before has spent its time.
/// </remarks>
internal sealed class SimulatedActor : IDisposable
{
    private readonly SimulatedMachine _machine;
    private readonly SimulatedWorld _world;
    private readonly string _name;
    private readonly Func<TimeSpan> _step;
    private readonly Action<Exception> _failed;
    private WorldEvent? _next;
    private long _busyUntil;
    private bool _started;
    private bool _ended;
    private bool _running;
    private bool _woken;
    private bool _missed;

    /// <param name="machine">Where it runs.</param>
    /// <param name="name">In journals.</param>
    /// <param name="step">
    /// Does a piece of work and returns how long to sleep unless woken: zero for more work at once, Timeout.Infinite
    /// for as long as nobody wakes.
    /// </param>
    /// <param name="failed">Called with what a step threw; the actor has ended then.</param>
    public SimulatedActor(SimulatedMachine machine, string name, Func<TimeSpan> step, Action<Exception> failed)
    {
        _machine = machine;
        _world = machine.World;
        _name = name;
        _step = step;
        _failed = failed;
    }

    public bool HasEnded => _ended;

    public void Start()
    {
        _started = true;
        Plan(_world.Now + _machine.Schedule.DrawWake(_machine.Random));
    }

    public void Wake()
    {
        // One that is due already needs no draw: as many wake-ups as one likes are one.
        if (_woken || _ended)
        {
            return;
        }

        _woken = true;
        if (_started && !_running)
        {
            Plan(_world.Now + _machine.Schedule.DrawWake(_machine.Random));
        }
    }

    /// <summary>The machine goes on: what was missed happens now.</summary>
    public void Resume()
    {
        if (_missed && !_ended)
        {
            _missed = false;
            Plan(_world.Now + _machine.Schedule.DrawWake(_machine.Random));
        }
    }

    public void Dispose()
    {
        _ended = true;
        _next?.Cancel();
        _next = null;
    }

    private void Plan(long time)
    {
        long earliest = Math.Max(time, _busyUntil);
        if (_next is not null && _next.Time <= earliest)
        {
            return;
        }

        _next?.Cancel();
        _next = _world.At(earliest, _name, Run);
    }

    private void Run()
    {
        _next = null;
        if (_machine.IsPaused)
        {
            _missed = true;
            return;
        }

        _woken = false;
        _running = true;
        _world.Spend(_machine.Schedule.DrawStep(_machine.Random));
        try
        {
            TimeSpan patience = _step();
            _running = false;
            _busyUntil = _world.Now;
            PlanNext(patience);
        }
        catch (Exception exception)
        {
            Dispose();
            _world.Note($"{_name} fails: {exception.Message}");
            _failed(exception);
        }
        finally
        {
            _running = false;
        }
    }

    private void PlanNext(TimeSpan patience)
    {
        if (_ended)
        {
            return;
        }

        if (_woken || patience == TimeSpan.Zero)
        {
            Plan(_busyUntil);
        }
        else if (patience != Timeout.InfiniteTimeSpan)
        {
            Plan(_busyUntil + (long)patience.TotalMicroseconds + _machine.Schedule.DrawWake(_machine.Random));
        }
    }
}
