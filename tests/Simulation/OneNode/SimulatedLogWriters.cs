using Keelson.Base.Seams;
using Keelson.Simulation.Disk;
using Keelson.Simulation.World;
using Keelson.Store.Host;
using Keelson.Store.Log;

namespace Keelson.Simulation.OneNode;

/// <summary>Log writes in virtual time: submitted ones overlap and finish in any order.</summary>
internal sealed class SimulatedLogWriters(
    TimedDisk disk, SimulatedMachine machine, LogRecorder recorder, Action<LogWrite, Exception?> completed)
    : ILogWriters
{
    private readonly OverlappingWrites _writes = new(disk, machine);
    private Exception? _failure;

    /// <summary>A planted fault: writes are reported before they are durable.</summary>
    public bool ReportsAtOnce { get; init; }

    public void Submit(LogWrite write)
    {
        recorder.Record(write.Bytes);
        if (_failure is { } failure)
        {
            machine.World.After(1, "log write refused", () => completed(write, failure));
            return;
        }

        if (ReportsAtOnce)
        {
            _writes.Begin(write.SegmentName, write.Offset, write.Bytes, static _ => { });
            machine.World.After(1, "log write pretended", () => completed(write, null));
            return;
        }

        _writes.Begin(write.SegmentName, write.Offset, write.Bytes, failure =>
        {
            _failure ??= failure;
            completed(write, _failure);
        });
    }

    public Exception? Perform(LogWrite write)
    {
        recorder.Record(write.Bytes);
        if (_failure is not null)
        {
            return _failure;
        }

        if (ReportsAtOnce)
        {
            _writes.Begin(write.SegmentName, write.Offset, write.Bytes, static _ => { });
            return null;
        }

        try
        {
            using IDiskFile file = disk.Open(write.SegmentName, DiskOpenMode.Existing);
            file.WriteDurable(write.Offset, write.Bytes);
            return null;
        }
        catch (DiskException exception)
        {
            return _failure = exception;
        }
    }

    /// <summary>The process is gone: nobody is told any more.</summary>
    public void Abandon() => _writes.Abandon();

    public void Dispose() => _writes.FinishAll();
}
