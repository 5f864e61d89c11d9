using Keelson.Base.Memory;
using Keelson.Base.Seams;
using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.Store.History;
using Keelson.Store.Mvcc;
using Keelson.Store.Tests.History;

namespace Keelson.Store.Tests.Mvcc;

public sealed class RangeSorterTests
{
    /// <summary>Values are read while they are compared: the sort must not hide what happened to the disk.</summary>
    [Test]
    public void Sort_ByValuesThatCannotBeRead_SaysSo()
    {
        var disk = new SimulatedDisk(new SeededRandom(1));
        var host = new HistoryHost(disk);
        HistoryChange[] changes;
        using (var model = new HistoryModel(1, disk))
        {
            model.AppendBatches(20);
            host.Checkpoint(model.History);
            changes = [model.Changes[0], model.Changes[^1]];
        }

        using var epochs = new EpochGate();
        using var history = new HistoryStore(HistoryModel.Tiny, epochs, disk, HistoryHost.Decode(host.Newer));
        using EpochPin pin = epochs.Enter();
        var sorter = new RangeSorter(history);
        foreach (HistoryChange change in changes)
        {
            sorter.Add(new VersionEntry(change.Revision, 0, 1, default, 0, Tombstone: false), 1)[0] = 1;
        }

        disk.Faults = static call => call.Kind == DiskCallKind.Read
            ? new DiskFault(DiskFaultKind.ErrorBefore)
            : DiskFault.None;
        Assert.That(
            () => sorter.Sort(Keelson.Store.Requests.SortTarget.Value, descending: false),
            Throws.InstanceOf<DiskException>());
    }
}
