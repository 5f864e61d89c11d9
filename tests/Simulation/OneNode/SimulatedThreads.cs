using Keelson.Base.Seams;
using Keelson.Simulation.Disk;
using Keelson.Simulation.World;
using Keelson.Store;
using Keelson.Store.Host;
using Keelson.Store.Log;

namespace Keelson.Simulation.OneNode;

/// <summary>
/// The threads of one run of a node, all of them actors and events of the world: loops, log writes that overlap, and
/// answers.
/// </summary>
internal class SimulatedThreads(SimulatedMachine machine, TimedDisk disk, LogRecorder recorder) : IEngineThreads
{
    private Action<Exception>? _fail;
    private Action? _stop;
    private bool _isKilled;
    private SimulatedLogWriters? _logWriters;

    protected SimulatedMachine Machine => machine;

    protected TimedDisk Disk => disk;

    protected LogRecorder Recorder => recorder;

    public ILoop CreateLoop(string name, Func<TimeSpan> step, Action<Exception> failed)
    {
        _fail ??= failed;
        return new SimulatedLoop(machine.Create(name, step, failed));
    }

    public ILogWriters CreateLogWriters(
        IDisk disk, Action<LogWrite, Exception?> completed, IStoreObserver? observer) =>
        _logWriters = CreateWriters(completed);

    public void Queue(IThreadPoolWorkItem work) =>
        machine.World.After(machine.Schedule.DrawWake(machine.Random), $"{machine.Name} answers", () => Execute(work));

    /// <summary>A stop after a failure of its own comes when no step is under way; one after a kill at once.</summary>
    public Task Run(Action work)
    {
        _stop = work;
        if (!_isKilled)
        {
            machine.World.After(0, $"{machine.Name} stops", RunStop);
        }

        return Task.CompletedTask;
    }

    /// <summary>
    /// The process is gone: nothing of it happens any more, nothing it did since counts, its memory is given back.
    /// </summary>
    public void Kill()
    {
        _isKilled = true;
        machine.Kill();
        _logWriters?.Abandon();
        _fail?.Invoke(new ProcessKilledException());
        RunStop();
    }

    protected virtual SimulatedLogWriters CreateWriters(Action<LogWrite, Exception?> completed) =>
        new(disk, machine, recorder, completed);

    private void RunStop()
    {
        Action? stop = _stop;
        _stop = null;
        stop?.Invoke();
    }

    private void Execute(IThreadPoolWorkItem work)
    {
        if (_isKilled)
        {
            return;
        }

        if (machine.IsPaused)
        {
            machine.WhenResumed(work.Execute);
            return;
        }

        work.Execute();
    }
}
