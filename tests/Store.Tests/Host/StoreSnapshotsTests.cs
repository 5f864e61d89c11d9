using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.Store.Backup;
using Keelson.Store.Host;
using Keelson.Store.Mvcc;
using Keelson.Store.Requests;

namespace Keelson.Store.Tests.Host;

/// <summary>Long reads of a running engine, with a clock that the test moves.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class StoreSnapshotsTests
{
    private readonly ManualClock _clock = new();

    [Test]
    public async Task Snapshot_OverItsTime_EndsWithCompacted()
    {
        await using StoreEngine engine = Open();
        await PutAsync(engine, versions: 300);
        using StoreSnapshot snapshot = engine.Snapshots.Begin([]);
        _clock.Advance(LongReaders.MillisecondsMax);
        await CompactAsync(engine);
        Assert.That(
            () => engine.State.Keys.EntryCount, Is.EqualTo(1).After(30_000, 10), "trimming waits no longer");
        var piece = new byte[1 << 20];
        Assert.That(
            () => snapshot.Read(piece),
            Throws.TypeOf<StoreException>().With.Property("Error").EqualTo(StoreError.Compacted));
    }

    [Test]
    public async Task Snapshot_Open_MakesTrimmingWait()
    {
        await using StoreEngine engine = Open();
        await PutAsync(engine, versions: 300);
        using (engine.Snapshots.Begin([]))
        {
            await CompactAsync(engine);
            // Requests are answered one after the other by the thread that trims between them.
            await PutAsync(engine, versions: 100);
            Assert.That(engine.State.Keys.EntryCount, Is.EqualTo(400));
        }

        Assert.That(() => engine.State.Keys.EntryCount, Is.EqualTo(101).After(30_000, 10));
    }

    [Test]
    public async Task Hash_OfRefusedRevisions_SaysWhy()
    {
        await using StoreEngine engine = Open();
        await PutAsync(engine, versions: 10);
        await CompactAsync(engine);
        Assert.That(engine.Snapshots.Hash(12, out _), Is.EqualTo(StoreError.FutureRevision));
        Assert.That(engine.Snapshots.Hash(10, out _), Is.EqualTo(StoreError.Compacted));
        // Of no version at all, as a real etcd 3.5.16 answers for every negative revision.
        Assert.That(engine.Snapshots.Hash(-1, out HistoryHash? nothing), Is.EqualTo(StoreError.None));
        Assert.That(nothing?.Hash, Is.EqualTo(1084519789U));
        Assert.That(engine.Snapshots.Hash(11, out HistoryHash? hash), Is.EqualTo(StoreError.None));
        Assert.That(hash?.CompactRevision, Is.EqualTo(new Revision(11)));
    }

    // Goal: the same hash whether trimming has passed or not, at every revision; also when nothing is live any more.
    [TestCase(false)]
    [TestCase(true)]
    public async Task Hash_BeforeAndAfterTrimming_IsTheSame(bool deletes)
    {
        await using StoreEngine engine = Open();
        await PutAsync(engine, versions: 20);
        if (deletes)
        {
            await DeleteAsync(engine);
        }

        HistoryHash? before;
        using (engine.Snapshots.Begin([]))
        {
            await CompactAsync(engine);
            Assert.That(engine.Snapshots.Hash(0, out before), Is.EqualTo(StoreError.None));
            Assert.That(engine.State.Keys.EntryCount, Is.GreaterThan(19));
        }

        Assert.That(() => engine.State.Keys.EntryCount, Is.EqualTo(1).After(30_000, 10));
        Assert.That(engine.Snapshots.Hash(0, out HistoryHash? after), Is.EqualTo(StoreError.None));
        Assert.That(after, Is.EqualTo(before));
        Assert.That(after!.Hash, Is.EqualTo(deletes ? new HashKV().Value : after.Hash));
    }

    private StoreEngine Open() => SimulatedEngine.Open(new SimulatedDisk(new SeededRandom(1)), _clock);

    private static async Task PutAsync(StoreEngine engine, int versions)
    {
        for (int version = 0; version < versions; version++)
        {
            await engine.PutAsync("key", $"value {version}");
        }
    }

    private static async Task DeleteAsync(StoreEngine engine)
    {
        var request = new ProtoBuffer();
        RequestEncoder.DeleteRange(request, KeyRange.All);
        await engine.ProposeAsync(RequestKind.DeleteRange, request.WrittenMemory, null);
    }

    private static async Task CompactAsync(StoreEngine engine)
    {
        var request = new ProtoBuffer();
        RequestEncoder.Compaction(request, engine.State.Revision.Value, physical: false);
        await engine.ProposeAsync(RequestKind.Compact, request.WrittenMemory, null);
    }
}
