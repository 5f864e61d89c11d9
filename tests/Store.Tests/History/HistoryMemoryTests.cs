using Keelson.Base.Identity;
using Keelson.Base.Memory;
using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.Store.History;

namespace Keelson.Store.Tests.History;

/// <summary>
/// Reading far more than the cache holds. Nothing is written meanwhile, so that nobody else looks for memory to free:
/// the reader alone must see to it.
/// </summary>
public sealed class HistoryMemoryTests
{
    private const int Frames = 4000;
    private const int FrameBytes = 8 << 10;
    private const long RetiredBytesMax = 8 << 20;

    private static readonly HistoryOptions Options =
        new() { TailBytesMax = 1, CacheBytesMax = 4 << 20, SegmentBytesMax = 12 << 20 };

    [Test]
    public void Cursor_OverAllOfIt_FreesWhatItPassed()
    {
        using var epochs = new EpochGate();
        using HistoryStore history = CreateHistory(epochs);
        var cursor = new HistoryCursor(history);
        cursor.Seek(new Revision(2));
        long retiredMax = 0;
        for (int revision = 2; revision < Frames; revision++)
        {
            using EpochPin pin = epochs.Enter();
            Assert.That(cursor.TryNext(new Revision(revision), out _), Is.True);
            retiredMax = Math.Max(retiredMax, epochs.RetiredBytes);
        }

        Assert.That(retiredMax, Is.LessThan(RetiredBytesMax));
    }

    [Test]
    public void Reclaim_OfSegmentsThatAreAllDead_FreesWhatItPassed()
    {
        using var epochs = new EpochGate();
        using HistoryStore history = CreateHistory(epochs);
        for (int revision = 2; revision < Frames; revision++)
        {
            history.MarkDead(new ChangeRevision(revision, 0), FrameBytes);
        }

        HistoryReclaim pass = HistoryReclaim.TryBegin(history, new Revision(Frames), _ => false)!;
        Assert.That(pass.TryTake(out _), Is.False, "nothing of it is kept");
        Assert.That(epochs.RetiredBytes, Is.LessThan(RetiredBytesMax));
        pass.Complete();
    }

    /// <summary>Every read looks a place up in the index of its segment, which is a part of the file.</summary>
    [Test]
    public void Read_SmallCache_HasRoomForTheIndexOfASegment()
    {
        const int keptBytes = 1 << 20;
        const int indexBytes = 64 << 10;
        using var epochs = new EpochGate();
        var disk = new SimulatedDisk(new SeededRandom(1));
        HistoryOptions options = Options with
        {
            CacheBytesMax = keptBytes,
            SegmentBytesMax = 512 << 10,
            IndexStrideBytes = 1,
        };
        using HistoryStore history = CreateHistory(epochs, disk, options, frameBytes: 64);
        int indexReads = 0;
        disk.Faults = call =>
        {
            indexReads += call.Kind == DiskCallKind.Read && call.Length > indexBytes ? 1 : 0;
            return DiskFault.None;
        };
        for (int revision = 2; revision < Frames / 2; revision += 100)
        {
            using EpochPin pin = epochs.Enter();
            history.Read(new ChangeRevision(revision, 0));
        }

        Assert.That(indexReads, Is.EqualTo(1));
    }

    private static HistoryStore CreateHistory(EpochGate epochs) =>
        CreateHistory(epochs, new SimulatedDisk(new SeededRandom(1)), Options, FrameBytes);

    private static HistoryStore CreateHistory(
        EpochGate epochs, SimulatedDisk disk, HistoryOptions options, int frameBytes)
    {
        var history = new HistoryStore(options, epochs, disk, HistoryState.Empty);
        for (int frame = 2; frame < Frames; frame++)
        {
            history.Append(new ChangeRevision(frame, 0), HistoryFlags.None, frameBytes).Fill((byte)(frame % 256));
            history.EndBatch(new LogIndex(frame), new Term(1), frame);
        }

        new HistoryHost(disk).Checkpoint(history, history.Position);
        history.Trim();
        return history;
    }
}
