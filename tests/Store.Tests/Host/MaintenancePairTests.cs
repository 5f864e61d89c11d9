using Keelson.Base.Identity;
using Keelson.Base.Seams;
using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.Store.Host;

namespace Keelson.Store.Tests.Host;

/// <summary>
/// Goal: maintenance of every two kinds at a time, while writes go on, then a power cut: nothing acknowledged is lost.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class MaintenancePairTests
{
    private const int Keys = 40;
    private const int Rounds = 12;
    private readonly SimulatedDisk _disk = new(new SeededRandom(1));
    private readonly RecordingObserver _observer = new();

    public enum Work
    {
        Reclaim,
        Compaction,
        Backup,
        Hash,
    }

    // etcd 20271: defragmentation put its file in place of one that a snapshot had just exchanged; later commits went
    // to a file without a name.
    [Test]
    public async Task Issue20271_MaintenanceInPairs_LosesNothing([Values] Work first, [Values] Work second)
    {
        await using StoreEngine engine = Open(_disk);
        await PutAllAsync(engine, "before");
        Task pair = Task.WhenAll(RepeatAsync(engine, first), RepeatAsync(engine, second));
        for (int round = 0; round < Rounds || !pair.IsCompleted; round++)
        {
            await PutAllAsync(engine, $"round {round}");
        }

        await pair.WaitAsync(Patience.Limit);
        // A pass may have a batch of its own under way, which a power cut may lose.
        await Patience.UntilAsync(() => !engine.IsReclaiming, "the last pass");
        SimulatedDisk cut = _disk.Clone(new SeededRandom(3));
        cut.Crash();

        await using (StoreEngine again = Open(cut))
        {
            Assert.That(again.ReadAll(), Is.EqualTo(engine.ReadAll()));
            Assert.That(again.State.Revision, Is.EqualTo(engine.State.Revision));
            Assert.That(again.State.ChainHash, Is.EqualTo(engine.State.ChainHash));
            HistoryHash? expected = (await engine.Snapshots.HashAsync(0)).Hash;
            Assert.That((await again.Snapshots.HashAsync(0)).Hash, Is.EqualTo(expected));
        }

        Assert.That(StoreVerification.Run(cut, static _ => { }), Is.Empty);
    }

    private StoreEngine Open(IDisk disk) => SimulatedEngine.Open(disk, new ManualClock(), SimulatedEngine.Options with
    {
        TailBytesMax = 4 << 10,
        Observer = _observer,
        Tuning = new EngineTuning
        {
            CheckpointRequests = 50,
            HistorySegmentBytes = 8 << 10,
            HistoryChunkBytes = 1 << 10,
            PageSplitBytes = 512,
            PoorTreeSegmentBytesMin = 512,
            MaintenanceInterval = TimeSpan.FromMilliseconds(1),
        },
    });

    private static Task PutAllAsync(StoreEngine engine, string value) =>
        Task.WhenAll(Enumerable.Range(0, Keys).Select(key => engine.PutAsync($"key-{key:d2}", value)));

    private async Task RepeatAsync(StoreEngine engine, Work work)
    {
        for (int time = 0; time < 3; time++)
        {
            await RunAsync(engine, work);
        }
    }

    private async Task RunAsync(StoreEngine engine, Work work)
    {
        switch (work)
        {
            case Work.Reclaim:
                int passes = _observer.Passes;
                engine.StartReclaim();
                await Patience.UntilAsync(() => _observer.Passes > passes, "the pass");
                break;
            case Work.Compaction:
                Revision revision = engine.State.Revision;
                await engine.CompactAsync(revision);
                await engine.WaitUntilTrimmedAsync(revision, CancellationToken.None);
                break;
            case Work.Backup:
                using (var backup = new MemoryStream())
                {
                    await engine.Snapshots.WriteAsync(backup, CancellationToken.None);
                    Assert.That(backup.Length % 512, Is.EqualTo(32), "a whole file and its hash");
                }

                break;
            default:
                Assert.That((await engine.Snapshots.HashAsync(0)).Error, Is.EqualTo(StoreError.None));
                break;
        }
    }
}
