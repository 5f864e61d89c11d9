using Keelson.Base.Seams;
using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.Store.Host;

namespace Keelson.Store.Tests.Host;

/// <summary>
/// A pass that was asked for gives the disk its bytes back, while the background would not move for an hour.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ReclaimPassTests
{
    private const int Keys = 400;
    private const int Versions = 8;
    private readonly SimulatedDisk _disk = new(new SeededRandom(1));
    private readonly RecordingObserver _observer = new();

    [Test]
    public async Task Pass_AfterACompaction_GivesSpaceBackAndKeepsWhatLives()
    {
        Dictionary<string, string> expected;
        await using (StoreEngine engine = Open())
        {
            await FillAsync(engine);
            expected = engine.ReadAll();
            await engine.CompactAsync();
            long before = BytesOnDisk();
            await PassAsync(engine);

            Assert.That(engine.IsReclaiming, Is.False);
            Assert.That(BytesOnDisk(), Is.LessThan(before / 2));
            Assert.That(engine.ReadAll(), Is.EqualTo(expected));

            long after = BytesOnDisk();
            await PassAsync(engine);
            Assert.That(BytesOnDisk(), Is.LessThanOrEqualTo(after), "nothing more was to be had");
        }

        Assert.That(StoreVerification.Run(_disk, static _ => { }), Is.Empty);
        await using StoreEngine again = Open();
        Assert.That(again.ReadAll(), Is.EqualTo(expected));
    }

    [Test]
    public async Task Pass_WhileTrimmingIsHeld_WaitsForIt()
    {
        await using StoreEngine engine = Open();
        await FillAsync(engine);
        long before = BytesOnDisk();
        int checkpoints = _observer.Checkpoints;
        int passes = _observer.Passes;
        using (engine.Snapshots.Begin([]))
        {
            await engine.CompactAsync();
            engine.StartReclaim();
            await Patience.UntilAsync(() => _observer.Checkpoints > checkpoints, "a checkpoint");
            Assert.That(engine.IsReclaiming, Is.True);
        }

        await Patience.UntilAsync(() => _observer.Passes > passes, "the pass");
        Assert.That(BytesOnDisk(), Is.LessThan(before / 2));
    }

    /// <summary>Nothing is closed by itself: one segment has room for all, and the tail is in memory.</summary>
    [Test]
    public async Task Pass_AllHistoryInTheOpenSegment_GivesSpaceBack()
    {
        Dictionary<string, string> expected;
        await using (StoreEngine engine = OpenRoomy())
        {
            await FillAsync(engine);
            await engine.DeleteAsync("key-1");
            await engine.DeleteAsync("key-2");
            await engine.DeleteAsync("key-3");
            await engine.CompactAsync();
            expected = engine.ReadAll();
            long before = engine.BytesOnDisk;
            await PassAsync(engine);

            Assert.That(BytesOnDisk(), Is.LessThan(before / 8));
            Assert.That(() => engine.BytesOnDisk, Is.LessThan(before / 8).After(60_000, 1), "what etcd calls dbSize");
            Assert.That(engine.ReadAll(), Is.EqualTo(expected));

            long entries = engine.State.AppliedIndex.Value;
            await PassAsync(engine);
            Assert.That(engine.State.AppliedIndex.Value, Is.EqualTo(entries), "nothing to close again");
        }

        Assert.That(StoreVerification.Run(_disk, static _ => { }), Is.Empty);
        await using StoreEngine again = OpenRoomy();
        Assert.That(again.ReadAll(), Is.EqualTo(expected));
    }

    private StoreEngine OpenRoomy() => SimulatedEngine.Open(_disk, new ManualClock(), SimulatedEngine.Options with
    {
        Observer = _observer,
        Tuning = new EngineTuning { MaintenanceInterval = TimeSpan.FromHours(1) },
    });

    private StoreEngine Open() => SimulatedEngine.Open(_disk, new ManualClock(), SimulatedEngine.Options with
    {
        TailBytesMax = 16 << 10,
        Observer = _observer,
        Tuning = new EngineTuning
        {
            HistorySegmentBytes = 32 << 10,
            HistoryChunkBytes = 4 << 10,
            MaintenanceInterval = TimeSpan.FromHours(1),
        },
    });

    /// <summary>Many versions of each key, in files of several checkpoints.</summary>
    private async Task FillAsync(StoreEngine engine)
    {
        for (int version = 1; version <= Versions; version++)
        {
            string value = $"{version}" + new string('x', 100);
            await Task.WhenAll(Enumerable.Range(0, Keys).Select(key => engine.PutAsync($"key-{key:d3}", value)));
            await PassAsync(engine);
        }
    }

    private async Task PassAsync(StoreEngine engine)
    {
        int passes = _observer.Passes;
        engine.StartReclaim();
        await Patience.UntilAsync(() => _observer.Passes > passes, "the pass");
    }

    private long BytesOnDisk()
    {
        long bytes = 0;
        foreach (string name in _disk.List().Where(name => !name.StartsWith("log-", StringComparison.Ordinal)))
        {
            using IDiskFile file = _disk.Open(name, DiskOpenMode.Existing);
            bytes += file.Length;
        }

        return bytes;
    }
}
