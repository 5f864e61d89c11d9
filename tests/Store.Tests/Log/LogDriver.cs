using Keelson.Base.Identity;
using Keelson.Base.Seams;
using Keelson.Simulation.Disk;
using Keelson.Store.Log;

namespace Keelson.Store.Tests.Log;

/// <summary>Plays the host: performs what an appender hands out on a disk, in the order the test asks for.</summary>
internal sealed class LogDriver : IDisposable
{
    public const int SegmentBytes = 6 * LogOptions.BlockBytes;
    private readonly IDisk _disk;
    private readonly Dictionary<string, IDiskFile> _files = [];

    public LogDriver(
        IDisk disk, ulong incarnation = 1, long older = 0, long newest = 0, int segmentBytes = SegmentBytes)
    {
        _disk = disk;
        Recovery = LogRecovery.Open(
            disk,
            new LogOptions { SegmentBytes = segmentBytes, SectorBytes = disk.SectorBytes },
            new LogRecoveryPoint(new LogIndex(newest), new LogIndex(older), incarnation));
        RunSegmentWork();
    }

    public LogRecovery Recovery { get; }

    public LogAppender Appender => Recovery.Appender!;

    /// <summary>Segments that were written in full because none could be recycled.</summary>
    public int Prewritten { get; private set; }

    /// <summary>The highest index that this driver was allowed to acknowledge.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>Stages, taking and performing writes and segment work as needed.</summary>
    public void Stage(long index, byte[] payload, long term = 1)
    {
        while (!Appender.HasRoom(payload.Length))
        {
            if (Appender.CanTakeWrite)
            {
                Write();
            }

            RunSegmentWork();
        }

        Appender.Stage(new LogIndex(index), new Term(term), payload);
    }

    public void Append(long index, byte[] payload, long term = 1)
    {
        Stage(index, payload, term);
        Write();
    }

    public void Write() => Perform(Appender.TakeWrite());

    public void Perform(LogWrite write)
    {
        File(write.SegmentName).WriteDurable(write.Offset, write.Bytes);
        Complete(write);
    }

    public void Complete(LogWrite write) => Acknowledged = Appender.Complete(write).Index.Value;

    public UnsyncedOperation Begin(LogWrite write) =>
        ((SimulatedDisk)_disk).BeginWriteDurable(File(write.SegmentName), write.Offset, write.Bytes);

    /// <summary>What an idle host does.</summary>
    public void Idle()
    {
        while (Appender.NeedsWatermark)
        {
            while (!Appender.HasRoom(0))
            {
                RunSegmentWork();
            }

            Appender.StageWatermark();
            Write();
        }
    }

    public void RunSegmentWork()
    {
        while (Recovery.Appender?.TakeSegmentWork() is { } work)
        {
            Prewritten += work.Kind == LogSegmentWorkKind.Prewrite ? 1 : 0;
            work.Run(_disk);
            Appender.CompleteSegmentWork(work);
        }
    }

    public List<(long Index, long Term, byte[] Payload)> Replay(long after = 0)
    {
        var entries = new List<(long, long, byte[])>();
        using LogReplay replay = Recovery.Replay(new LogIndex(after));
        while (replay.TryReadNext(out LogEntryView entry))
        {
            entries.Add((entry.Index.Value, entry.Term.Value, entry.Payload.ToArray()));
        }

        return entries;
    }

    public void Dispose()
    {
        Recovery.Appender?.Dispose();
        foreach (IDiskFile file in _files.Values)
        {
            file.Dispose();
        }
    }

    private IDiskFile File(string name)
    {
        if (!_files.TryGetValue(name, out IDiskFile? file))
        {
            file = _disk.Open(name, DiskOpenMode.Existing);
            _files.Add(name, file);
        }

        return file;
    }
}
