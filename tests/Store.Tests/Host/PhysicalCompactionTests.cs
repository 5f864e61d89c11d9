using Keelson.Base.Identity;
using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.Store.Host;

namespace Keelson.Store.Tests.Host;

/// <summary>
/// Whoever waits for a compaction to be applied physically is told when it is, not before and not never.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class PhysicalCompactionTests
{
    private const int Versions = 300;
    private readonly ManualClock _clock = new();

    [Test]
    public async Task Wait_WhileABackupIsRead_EndsAfterIt()
    {
        await using StoreEngine engine = Open();
        await FillAsync(engine);
        Task waiting;
        using (engine.Snapshots.Begin([]))
        {
            await engine.CompactAsync();
            waiting = engine.WaitUntilTrimmedAsync(engine.State.Revision, CancellationToken.None);
            // Answered by the thread that trims between its batches: it had every chance to.
            await engine.PutAsync("other", "");
            Assert.That(waiting.IsCompleted, Is.False);
            Assert.That(engine.State.Keys.EntryCount, Is.EqualTo(Versions + 1));
        }

        await waiting.WaitAsync(Patience.Limit);
        Assert.That(engine.State.Keys.EntryCount, Is.EqualTo(2));
        await engine.WaitUntilTrimmedAsync(new Revision(2), CancellationToken.None).WaitAsync(Patience.Limit);
    }

    [Test]
    public async Task Wait_BehindABackupOverItsTime_EndsThoughNobodyWrites()
    {
        await using StoreEngine engine = Open();
        await FillAsync(engine);
        using StoreSnapshot snapshot = engine.Snapshots.Begin([]);
        await engine.CompactAsync();
        Task waiting = engine.WaitUntilTrimmedAsync(engine.State.Revision, CancellationToken.None);
        _clock.Advance(LongReaders.MillisecondsMax);
        await waiting.WaitAsync(Patience.Limit);
        Assert.That(engine.State.Keys.EntryCount, Is.EqualTo(1));
    }

    [Test]
    public async Task Wait_Cancelled_Ends()
    {
        await using StoreEngine engine = Open();
        await FillAsync(engine);
        using StoreSnapshot snapshot = engine.Snapshots.Begin([]);
        await engine.CompactAsync();
        using var cancellation = new CancellationTokenSource();
        Task waiting = engine.WaitUntilTrimmedAsync(engine.State.Revision, cancellation.Token);
        await cancellation.CancelAsync();
        Assert.That(
            async () => await waiting.WaitAsync(Patience.Limit), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task Wait_WhenTheStoreStops_IsRefused()
    {
        StoreEngine engine = Open();
        await FillAsync(engine);
        StoreSnapshot snapshot = engine.Snapshots.Begin([]);
        await engine.CompactAsync();
        Task waiting = engine.WaitUntilTrimmedAsync(engine.State.Revision, CancellationToken.None);
        ValueTask stopping = engine.DisposeAsync();
        Assert.That(
            async () => await waiting.WaitAsync(Patience.Limit),
            Throws.TypeOf<StoreException>().With.Property("Error").EqualTo(StoreError.Stopped));
        snapshot.Dispose();
        await stopping;
    }

    private StoreEngine Open() => SimulatedEngine.Open(new SimulatedDisk(new SeededRandom(1)), _clock);

    private static async Task FillAsync(StoreEngine engine)
    {
        for (int version = 0; version < Versions; version++)
        {
            await engine.PutAsync("key", $"value {version}");
        }
    }
}
