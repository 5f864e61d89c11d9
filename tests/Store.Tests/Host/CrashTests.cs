using Keelson.Base.Seams;
using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Model = Keelson.Simulation.Model;

namespace Keelson.Store.Tests.Host;

/// <summary>
/// The whole store over a disk whose n-th call fails, for every n: an acknowledged write is there afterwards, nothing
/// is there by half, and a power cut never keeps the store from starting.
/// </summary>
public sealed class CrashTests
{
    private const int OperationCount = 60;

    // etcd 13766, 18749: whatever was being written, applied or read when the disk failed, what was answered is
    // there, revisions are the model's, and no transaction is there in part.
    [TestCase(DiskFaultKind.PowerCut, true, 1)]
    [TestCase(DiskFaultKind.ErrorBefore, true, 2)]
    [TestCase(DiskFaultKind.ErrorBefore, false, 3)]
    [TestCase(DiskFaultKind.ErrorAfter, true, 4)]
    [TestCase(DiskFaultKind.ErrorAfter, false, 5)]
    public Task Issue13766And18749_AfterAFaultAtEachCall_HasEveryAcknowledgedWrite(
        DiskFaultKind kind, bool powerLost, int seed) =>
        FailEachCallAsync(new CrashWorkload((ulong)seed, OperationCount), kind, powerLost);

    [Test]
    public Task Issue17780_AfterAPowerCutWhileCompactingDeletions_KeepsTheRevision()
    {
        // etcd 17780: the newest records were tombstones that compaction had removed, and the revision was inferred.
        IEnumerable<Model.Operation> operations = Enumerable.Range(0, 15).SelectMany(round => new Model.Operation[]
        {
            new Model.Operation.Put($"key-{round % 3}", "value"),
            new Model.Operation.Put($"key-{round % 4}", "value"),
            new Model.Operation.DeleteRange("\0", "\0"),
            new Model.Operation.Compact(4 + (3 * round)),
        });
        return FailEachCallAsync(new CrashWorkload(operations), DiskFaultKind.PowerCut, powerLost: true);
    }

    [Test]
    public async Task Open_AfterAFaultDuringTheRestartToo_HasEveryAcknowledgedWrite([Range(1, 30)] int seed)
    {
        var random = new SeededRandom((ulong)seed);
        var workload = new CrashWorkload((ulong)seed, OperationCount);
        var disk = new SimulatedDisk(new SeededRandom((ulong)seed));
        var run = new CrashRun(workload, disk, (ulong)seed);
        for (int round = 0; round < 4; round++)
        {
            disk.FailCall(disk.Calls + random.Below(120), DiskFault.PowerCut);
            await run.RunAsync();
            disk.Crash();
            disk.FailCall(disk.Calls + random.Below(25), DiskFault.PowerCut);
            await run.TryOpenAsync();
            disk.Crash();
            await run.VerifyAsync();
        }
    }

    [Test]
    public async Task Issue14685_AfterPowerCutsUnderMaintenance_HasEveryAcknowledgedWrite([Range(1, 40)] int seed)
    {
        // etcd 14685: maintenance that was cut off must neither lose nor apply anything twice.
        var random = new SeededRandom((ulong)seed);
        var workload = new CrashWorkload(Overwrites(random, rounds: 60));
        var disk = new SimulatedDisk(new SeededRandom((ulong)seed));
        var run = new CrashRun(workload, disk, (ulong)seed) { IsBusy = true };
        for (int round = 0; round < 5; round++)
        {
            disk.FailCall(disk.Calls + random.Below(400), DiskFault.PowerCut);
            await run.RunAsync();
            disk.Crash();
            await run.VerifyAsync();
        }
    }

    /// <summary>Few keys written over and over and compacted closely: most of the history is dead.</summary>
    private static IEnumerable<Model.Operation> Overwrites(SeededRandom random, int rounds)
    {
        long revision = 1;
        string value = new('v', 150);
        for (int round = 0; round < rounds; round++)
        {
            for (int put = 0; put < 5; put++)
            {
                yield return new Model.Operation.Put($"key-{random.Below(6)}", value);
                revision++;
            }

            yield return new Model.Operation.Compact(revision - random.Below(3));
        }
    }

    [Test]
    public async Task Harness_OverADiskThatLies_Notices()
    {
        var workload = new CrashWorkload(1, OperationCount);
        int noticed = 0;
        for (int number = 60; number < 120; number++)
        {
            var disk = new SimulatedDisk(new SeededRandom((ulong)number));
            disk.FailCall(number, DiskFault.PowerCut);
            var run = new CrashRun(workload, new LyingDisk(disk), (ulong)number);
            await run.RunAsync();
            disk.Crash();
            noticed += await run.IsWholeAsync() ? 0 : 1;
        }

        Assert.That(noticed, Is.GreaterThan(10));
    }

    private static async Task FailEachCallAsync(CrashWorkload workload, DiskFaultKind kind, bool powerLost)
    {
        long calls = await CountCallsAsync(workload);
        int failed = 0;
        for (long number = 1; number <= calls; number++)
        {
            var disk = new SimulatedDisk(new SeededRandom((ulong)number));
            disk.FailCall(number, new DiskFault(kind, DiskError.Failed));
            var run = new CrashRun(workload, disk, (ulong)number);
            await run.RunAsync();
            failed += run.Failure is null ? 0 : 1;
            if (powerLost)
            {
                disk.Crash();
            }
            else
            {
                disk.Restart();
            }

            await run.VerifyAsync();
            await run.RunAsync();
            Assert.That(run.Failure, Is.Null, "after the restart the store goes on");
        }

        // Threads move the calls a little from run to run, so a few of the last numbers may not be reached.
        Assert.That(failed, Is.GreaterThan(calls / 2));
    }

    /// <summary>A run without a fault: everything is acknowledged; it tells how many calls can fail.</summary>
    private static async Task<long> CountCallsAsync(CrashWorkload workload)
    {
        var disk = new SimulatedDisk(new SeededRandom(1));
        var run = new CrashRun(workload, disk, 1);
        await run.RunAsync();
        Assert.That(run.Failure, Is.Null);
        long calls = disk.Calls;
        disk.Crash();
        await run.VerifyAsync();
        return calls;
    }
}
