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

    private static HistoryStore CreateHistory(EpochGate epochs)
    {
        var disk = new SimulatedDisk(new SeededRandom(1));
        var history = new HistoryStore(Options, epochs, disk, HistoryState.Empty);
        for (int frame = 2; frame < Frames; frame++)
        {
            history.Append(new ChangeRevision(frame, 0), HistoryFlags.None, FrameBytes).Fill((byte)(frame % 256));
            history.EndBatch(new LogIndex(frame), new Term(1), frame);
        }

        new HistoryHost(disk).Checkpoint(history, history.Position);
        history.Trim();
        return history;
    }
}
