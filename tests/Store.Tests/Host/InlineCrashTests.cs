using Keelson.Base.Seams;
using Keelson.Simulation;
using Keelson.Simulation.Disk;

namespace Keelson.Store.Tests.Host;

/// <summary>
/// A store's parts in one thread over a disk whose n-th call fails, for every n, checkpoints and their clean-up
/// included. A failure is brought back by its seed and number alone.
/// </summary>
public sealed class InlineCrashTests
{
    [Test]
    public void Open_AfterAFaultAtEachCall_IsAtTheEndOfAWholeBatch(
        [Values(DiskFaultKind.ErrorBefore, DiskFaultKind.ErrorAfter)] DiskFaultKind kind,
        [Values] bool powerLost) => FailEachCall(kind, powerLost, seed: 5);

    [Test]
    public void Open_AfterAPowerCutAtEachCall_IsAtTheEndOfAWholeBatch([Range(1, 4)] int seed) =>
        FailEachCall(DiskFaultKind.PowerCut, powerLost: true, (ulong)seed);

    private static void FailEachCall(DiskFaultKind kind, bool powerLost, ulong seed)
    {
        var run = new InlineRun(seed);
        var sound = new SimulatedDisk(new SeededRandom(1));
        int all = run.Run(sound, out _);
        long calls = sound.Calls;
        sound.Crash();
        run.Verify(sound, all);
        for (long number = 1; number <= calls; number++)
        {
            var disk = new SimulatedDisk(new SeededRandom((ulong)number));
            disk.FailCall(number, new DiskFault(kind, DiskError.Failed));
            int acknowledged = run.Run(disk, out DiskException? failure);
            Assert.That(failure, Is.Not.Null, "one thread makes the same calls in every run");
            TestContext.Out.WriteLine($"{failure.Message}: {acknowledged} batches acknowledged");
            Restart(disk, powerLost);
            run.Verify(disk, acknowledged);
        }
    }

    private static void Restart(SimulatedDisk disk, bool powerLost)
    {
        if (powerLost)
        {
            disk.Crash();
        }
        else
        {
            disk.Restart();
        }
    }
}
