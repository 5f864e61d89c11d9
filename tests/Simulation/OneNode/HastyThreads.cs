using Keelson.Simulation.Disk;
using Keelson.Simulation.World;
using Keelson.Store.Log;

namespace Keelson.Simulation.OneNode;

/// <summary>A planted fault: log writes are reported before they are durable.</summary>
internal sealed class HastyThreads(SimulatedMachine machine, TimedDisk disk, LogRecorder recorder)
    : SimulatedThreads(machine, disk, recorder)
{
    protected override SimulatedLogWriters CreateWriters(Action<LogWrite, Exception?> completed) =>
        new(Disk, Machine, Recorder, completed) { ReportsAtOnce = true };
}
