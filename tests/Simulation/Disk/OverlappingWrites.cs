using Keelson.Base.Seams;
using Keelson.Simulation.World;

namespace Keelson.Simulation.Disk;

/// <summary>
/// Durable writes that overlap and finish in any order: begun at once, durable when their time is over. A power cut in
/// between loses or tears them.
/// </summary>
/// <remarks>
/// The kernel finishes what a process began, also while the process is paused or after it was killed; it is told when
/// it runs.
/// </remarks>
internal sealed class OverlappingWrites(TimedDisk disk, SimulatedMachine machine)
{
    private readonly SimulatedWorld _world = machine.World;
    private readonly string _name = $"{machine.Name} log write";
    private readonly List<Pending> _pending = [];
    private bool _isOver;

    public int InFlight => _pending.Count;

    /// <summary>Begins a write; <paramref name="completed"/> is told once, with null or what went wrong.</summary>
    public void Begin(string file, long offset, ReadOnlySpan<byte> bytes, Action<Exception?> completed)
    {
        _world.Trace.Fold(bytes);
        UnsyncedOperation? write = null;
        Exception? failure = null;
        try
        {
            using IDiskFile open = disk.Inner.Open(file, DiskOpenMode.Existing);
            write = disk.Inner.BeginWriteDurable(open, offset, bytes);
        }
        catch (DiskException exception)
        {
            failure = exception;
        }

        var pending = new Pending(write, failure, completed);
        _pending.Add(pending);
        _world.After(disk.Device.Draw(DiskCallKind.WriteDurable), _name, () => Finish(pending));
    }

    /// <summary>Waits for all that is under way; a process that is gone waits for nothing.</summary>
    public void FinishAll()
    {
        if (_isOver)
        {
            return;
        }

        foreach (Pending pending in _pending.ToList())
        {
            Finish(pending);
        }
    }

    /// <summary>The process is gone: nobody is told any more.</summary>
    public void Abandon() => _isOver = true;

    private void Finish(Pending pending)
    {
        if (_pending.Remove(pending))
        {
            Report(pending.Completed, pending.Failure ?? Complete(pending.Write!));
        }
    }

    private Exception? Complete(UnsyncedOperation write)
    {
        try
        {
            disk.Inner.Complete(write);
            return null;
        }
        catch (DiskException exception)
        {
            return exception;
        }
    }

    private void Report(Action<Exception?> completed, Exception? failure)
    {
        if (_isOver)
        {
            return;
        }

        if (machine.IsPaused)
        {
            machine.WhenResumed(() => Report(completed, failure));
            return;
        }

        completed(failure);
    }

    private sealed record Pending(UnsyncedOperation? Write, Exception? Failure, Action<Exception?> Completed);
}
