using Keelson.Base.Identity;
using Keelson.Base.Memory;
using Keelson.Base.Seams;
using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.Store.History;

namespace Keelson.Store.Tests.History;

public sealed class HistoryReclaimTests
{
    [FsCheck.NUnit.Property(MaxTest = 60)]
    public void Reclaim_AnyDeadFrames_KeepsTheLivingAndShrinks(ulong seed)
    {
        var disk = new SimulatedDisk(new SeededRandom(seed));
        using var model = new HistoryModel(seed, disk);
        var host = new HistoryHost(disk);
        Dictionary<ChangeRevision, bool> isLive = [];
        for (int round = 0; round < 4; round++)
        {
            Fill(model, host, 40);
            Revision compact = new(1 + (model.Current.Value * 3 / 4));
            Kill(model, isLive, compact, seed + (ulong)round);
            long before = Bytes(model);
            bool isWorthIt = false;
            HistoryReclaim? reclaim;
            while ((reclaim = HistoryReclaim.TryBegin(model.History, compact, Ask(isLive))) is not null)
            {
                Run(host, reclaim);
                isWorthIt = true;
            }

            Assert.That(Bytes(model), isWorthIt ? Is.LessThan(before) : Is.EqualTo(before));
            host.Checkpoint(model.History);
            Check(model, model.History, isLive, compact);
        }

        Assert.That(ReclaimRun.Choose(model.History, new Revision(1)).IsEmpty, Is.True);
        using var epochs = new EpochGate();
        using var reopened = new HistoryStore(HistoryModel.Tiny, epochs, disk, HistoryHost.Decode(host.Newer));
        Check(model, reopened, isLive, new Revision(1 + (model.Current.Value * 3 / 4)));
    }

    [FsCheck.NUnit.Property(MaxTest = 60)]
    public void Cursor_WhileSegmentsAreSwapped_MissesNothingAboveTheCompactRevision(ulong seed)
    {
        var disk = new SimulatedDisk(new SeededRandom(seed));
        using var model = new HistoryModel(seed, disk);
        var host = new HistoryHost(disk);
        Fill(model, host, 120);
        Revision compact = new(1 + (model.Current.Value / 2));
        Dictionary<ChangeRevision, bool> isLive = [];
        Kill(model, isLive, compact, seed);
        var cursor = new HistoryCursor(model.History);
        cursor.Seek(Revision.First);
        var random = new SeededRandom(seed);
        List<ChangeRevision> found = [];
        bool more = true;
        while (more)
        {
            if (HistoryReclaim.TryBegin(model.History, compact, Ask(isLive)) is { } reclaim)
            {
                Run(host, reclaim);
            }

            using EpochPin pin = model.Epochs.Enter();
            for (int turn = random.Below(12); turn >= 0 && more; turn--)
            {
                more = cursor.TryNext(model.Current, out HistoryFrame frame);
                if (more)
                {
                    found.Add(frame.Revision);
                }
            }
        }

        Assert.That(found, Is.Ordered.And.Unique);
        IEnumerable<ChangeRevision> owed = model.Changes.Select(each => each.Revision)
            .Where(each => each.Revision >= compact || isLive[each]);
        Assert.That(owed.Except(found), Is.Empty);
    }

    [Test]
    public void Reclaim_FramesAtTheCompactRevision_StayWhateverTheTreeSays()
    {
        // etcd 19179: a watch opened exactly at the compact revision gets that revision's events.
        var disk = new SimulatedDisk(new SeededRandom(8));
        using var model = new HistoryModel(8, disk);
        var host = new HistoryHost(disk);
        Fill(model, host, 60);
        HistorySegment[] segments = model.History.View.Segments;
        Revision compact = segments[3].Last;
        foreach (HistoryChange each in model.Changes.Where(each => each.Revision.Revision <= compact))
        {
            model.History.MarkDead(each.Revision, each.KeyValue.Length);
        }

        while (HistoryReclaim.TryBegin(model.History, compact, _ => false) is { } reclaim)
        {
            Run(host, reclaim);
        }

        Assert.That(model.History.View.Segments, Does.Not.Contain(segments[3]));
        var cursor = new HistoryCursor(model.History);
        cursor.Seek(compact);
        IEnumerable<HistoryChange> owed = model.Changes.Where(each => each.Revision.Revision >= compact);
        Assert.That(model.Walk(cursor, model.Current), Is.EqualTo(owed));
    }

    [Test]
    public void Reclaim_PowerCutAtEveryCall_BothRootsStart()
    {
        const ulong Seed = 11;
        var isLive = new Dictionary<ChangeRevision, bool>();
        using HistoryModel model = ModelOf(Seed, isLive, out Revision compact);
        long calls = ReclaimOnce(Seed, null, out _).Calls;
        Assert.That(calls, Is.GreaterThan(60));
        for (long number = 1; number <= calls; number++)
        {
            foreach (bool fromOlder in (bool[])[false, true])
            {
                SimulatedDisk disk = ReclaimOnce(Seed, number, out HistoryHost host);
                using var epochs = new EpochGate();
                using var history = new HistoryStore(HistoryModel.Tiny, epochs, disk, host.Start(fromOlder));
                int from = history.Position.Segment == 0
                    ? 0
                    : model.BatchEnds.FindIndex(each => each.End.ChainHash == history.Position.ChainHash) + 1;
                HistoryModel.Replay(model, history, from);
                Check(model, history, isLive, compact);
            }
        }
    }

    [Test]
    public void IsUnread_ReaderFromBeforeTheSwap_OnlyAfterItLeft()
    {
        var isLive = new Dictionary<ChangeRevision, bool>();
        var disk = new SimulatedDisk(new SeededRandom(4));
        using var model = new HistoryModel(4, disk);
        var host = new HistoryHost(disk);
        Fill(model, host, 60);
        Kill(model, isLive, model.Current, 4);
        HistoryReclaim reclaim = HistoryReclaim.TryBegin(model.History, model.Current, Ask(isLive))!;
        using (EpochPin pin = model.Epochs.Enter())
        {
            Run(host, reclaim);
            Assert.That(reclaim.IsUnread, Is.False);
        }

        Assert.That(reclaim.IsUnread, Is.True);
    }

    [Test]
    public void Reclaim_DamagedFrame_SaysSoAndChangesNothing()
    {
        var isLive = new Dictionary<ChangeRevision, bool>();
        var disk = new SimulatedDisk(new SeededRandom(4));
        using var model = new HistoryModel(4, disk);
        var host = new HistoryHost(disk);
        Fill(model, host, 60);
        Kill(model, isLive, model.Current, 4);
        HistorySegment[] before = model.History.View.Segments;
        HistoryReclaim? reclaim = HistoryReclaim.TryBegin(model.History, model.Current, Ask(isLive));
        Assert.That(reclaim, Is.Not.Null);
        disk.FlipBit(reclaim!.OldFiles.First(), HistorySegmentLayout.HeaderBytes + 30, 3);
        Assert.Throws<StoreDamageException>(() => Run(host, reclaim));
        Assert.That(model.History.View.Segments, Is.EqualTo(before));
    }

    /// <summary>Batches that all are on disk, and no longer in memory.</summary>
    private static void Fill(HistoryModel model, HistoryHost host, int batches)
    {
        model.AppendBatches(batches);
        host.Checkpoint(model.History);
        model.History.Trim();
    }

    /// <summary>Most changes below the compact revision die, as trimming would find them.</summary>
    private static void Kill(
        HistoryModel model, Dictionary<ChangeRevision, bool> isLive, Revision compact, ulong seed)
    {
        var random = new SeededRandom(seed);
        foreach (HistoryChange each in model.Changes.Where(each => each.Revision.Revision < compact))
        {
            if (isLive.GetValueOrDefault(each.Revision, true) && random.Below(4) > 0)
            {
                isLive[each.Revision] = false;
                model.History.MarkDead(each.Revision, each.KeyValue.Length);
            }
        }

        foreach (HistoryChange each in model.Changes)
        {
            isLive.TryAdd(each.Revision, true);
        }
    }

    private static long Bytes(HistoryModel model) => model.History.View.Segments.Sum(segment => (long)segment.End);

    private static HistoryLiveness Ask(Dictionary<ChangeRevision, bool> isLive) => frame => isLive[frame.Revision];

    private static void Run(HistoryHost host, HistoryReclaim reclaim)
    {
        while (reclaim.TryTake(out HistoryWrite write))
        {
            host.Write(write);
        }

        host.Sync(reclaim.Files);
        reclaim.Complete();
    }

    private static void Check(
        HistoryModel model, HistoryStore history, Dictionary<ChangeRevision, bool> isLive, Revision compact)
    {
        foreach (HistoryChange each in model.Changes.Where(each => isLive[each.Revision]))
        {
            using EpochPin pin = history.Epochs.Enter();
            Assert.That(history.Read(each.Revision).SequenceEqual(each.KeyValue), Is.True, $"{each}");
        }

        var cursor = new HistoryCursor(history);
        cursor.Seek(compact);
        IEnumerable<HistoryChange> owed = model.Changes.Where(each => each.Revision.Revision >= compact);
        Assert.That(model.Walk(cursor, model.Current), Is.EqualTo(owed));
    }

    private static HistoryModel ModelOf(ulong seed, Dictionary<ChangeRevision, bool> isLive, out Revision compact)
    {
        var model = new HistoryModel(seed, new SimulatedDisk(new SeededRandom(seed)));
        model.AppendBatches(60);
        compact = new Revision(1 + (model.Current.Value / 2));
        model.AppendBatches(10);
        Kill(model, isLive, compact, seed);
        return model;
    }

    /// <summary>Checkpoint, one pass, two more checkpoints, old files deleted; cut short at a call.</summary>
    private static SimulatedDisk ReclaimOnce(ulong seed, long? failAt, out HistoryHost host)
    {
        var disk = new SimulatedDisk(new SeededRandom(seed));
        if (failAt is { } number)
        {
            disk.FailCall(number, DiskFault.PowerCut);
        }

        host = new HistoryHost(disk);
        using var model = new HistoryModel(seed, disk);
        try
        {
            model.AppendBatches(60);
            Revision compact = new(1 + (model.Current.Value / 2));
            host.Checkpoint(model.History);
            model.History.Trim();
            var isLive = new Dictionary<ChangeRevision, bool>();
            Kill(model, isLive, compact, seed);
            HistoryReclaim reclaim = HistoryReclaim.TryBegin(model.History, compact, Ask(isLive))!;
            Run(host, reclaim);
            model.AppendBatches(10);
            host.Checkpoint(model.History);
            host.Checkpoint(model.History);
            reclaim.CloseOldFiles();
            foreach (string name in reclaim.OldFiles)
            {
                disk.Delete(name);
            }

            disk.Sync();
        }
        catch (DiskException)
        {
            disk.Crash();
        }

        return disk;
    }
}
