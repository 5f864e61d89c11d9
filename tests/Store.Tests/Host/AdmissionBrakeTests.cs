using Keelson.Base.Identity;
using Keelson.Base.Seams;
using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.Store.Host;

namespace Keelson.Store.Tests.Host;

/// <summary>
/// Checkpoints that cannot follow slow the store down before the tail passes four times what makes one due.
/// </summary>
internal sealed class AdmissionBrakeTests
{
    private const int Due = 50;
    private const int SegmentsDue = 2;
    private const int Writers = 4;
    private const int PutsPerWriter = 200;

    private static readonly string Value = new('v', 80);

    [TestCase(Due, long.MaxValue, TestName = "Tail_CheckpointStandsStill_StaysBelowFourTimesTheRequests")]
    [TestCase(long.MaxValue, Due * 100, TestName = "Tail_CheckpointStandsStill_StaysBelowFourTimesTheBytes")]
    public async Task Tail_CheckpointStandsStill_StaysBounded(long requests, long bytes)
    {
        var disk = new GatedDisk(new SimulatedDisk(new SeededRandom(1)));
        await using StoreEngine engine = Open(disk, requests, bytes);
        disk.Shut();
        Task[] writers = [.. Enumerable.Range(0, Writers).Select(writer => WriteAsync(engine, writer))];
        Task all = Task.WhenAll(writers);
        try
        {
            await Patience.UntilAsync(() => engine.Brake.IsStopped || all.IsCompleted, "the brake");
            // A put of 100 recorded bytes and its key: the bound, and what was on its way.
            Assert.That(engine.State.Revision.Value, Is.InRange(Due, (ReplayTail.TailsMax * Due) + Writers + 1));
            Assert.That(all.IsCompleted, Is.False);
        }
        finally
        {
            disk.OpenGate();
        }

        await all.WaitAsync(Patience.Limit);
        Assert.That(engine.State.Revision, Is.EqualTo(new Revision((Writers * PutsPerWriter) + 1)));
    }

    [Test]
    public async Task Put_LogOfManySegments_WaitsForTheCheckpointThatFreesThem()
    {
        var simulated = new SimulatedDisk(new SeededRandom(1));
        var disk = new GatedDisk(simulated);
        // Each start after a crash begins a segment of its own.
        for (int crash = 0; crash < ReplayTail.TailsMax * SegmentsDue; crash++)
        {
            StoreEngine crashing = Open(disk, long.MaxValue, long.MaxValue, segments: int.MaxValue);
            await crashing.PutAsync($"crash-{crash}", Value);
            simulated.Faults = static _ => new DiskFault(DiskFaultKind.ErrorBefore, DiskError.Failed);
            await StopCrashedAsync(crashing);
            simulated.Restart();
        }

        disk.Shut();
        await using StoreEngine engine = Open(disk, long.MaxValue, long.MaxValue);
        Task put = engine.PutAsync("waits", Value);
        try
        {
            await Patience.UntilAsync(() => engine.Brake.IsStopped || put.IsCompleted, "the brake");
            Assert.That(put.IsCompleted, Is.False);
        }
        finally
        {
            disk.OpenGate();
        }

        await put.WaitAsync(Patience.Limit);
        await Patience.UntilAsync(
            () => disk.List().Count(name => name.StartsWith("log-", StringComparison.Ordinal)) <= 2 * SegmentsDue,
            "segments given back");
    }

    /// <summary>A crash leaves a tail above twice the due one, and nothing was proposed yet since the start.</summary>
    [Test]
    public async Task Put_AfterAStartWithALongTail_IsTaken()
    {
        var simulated = new SimulatedDisk(new SeededRandom(1));
        var disk = new GatedDisk(simulated);
        disk.Shut();
        StoreEngine crashing = Open(disk, Due, long.MaxValue);
        for (int put = 0; put < (5 * Due) / 2; put++)
        {
            await crashing.PutAsync($"key-{put}", Value);
        }

        simulated.Faults = static _ => new DiskFault(DiskFaultKind.ErrorBefore, DiskError.Failed);
        disk.OpenGate();
        await StopCrashedAsync(crashing);
        simulated.Restart();

        disk.Shut();
        await using StoreEngine engine = Open(disk, Due, long.MaxValue);
        try
        {
            Assert.That(async () => await engine.PutAsync("next", Value), Throws.Nothing);
        }
        finally
        {
            disk.OpenGate();
        }
    }

    private static async Task StopCrashedAsync(StoreEngine engine)
    {
        try
        {
            await engine.DisposeAsync();
        }
        catch (DiskException)
        {
            // Unless the engine had noticed before.
        }
    }

    private static StoreEngine Open(
        GatedDisk disk, long requests, long bytes, int segments = SegmentsDue) => StoreEngine.Open(
        disk,
        new StoreOptions
        {
            RequestBytesMax = 64 << 10,
            LogSegmentBytes = 1032 << 10,
            Tuning = new EngineTuning
            {
                CheckpointRequests = requests,
                CheckpointBytes = bytes,
                LogSegmentsDue = segments,
                MaintenanceInterval = TimeSpan.FromMilliseconds(5),
            },
            Failed = static _ => { },
        },
        new SystemClock(),
        new SeededRandom(2));

    private static async Task WriteAsync(StoreEngine engine, int writer)
    {
        for (int put = 0; put < PutsPerWriter; put++)
        {
            await engine.PutAsync($"key-{writer}-{put:d4}", Value);
        }
    }
}
