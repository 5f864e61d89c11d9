using Keelson.Base.Identity;
using Keelson.Base.Seams;
using Keelson.Simulation;
using Keelson.Simulation.Disk;

namespace Keelson.Store.Tests.Log;

/// <summary>
/// A script that rolls, reclaims and recycles segments, ended at each of its disk calls in each way, then a recovery
/// that is ended as well. ALICE's reordering (etcd 6368, 6378) is the disk's: names and bytes survive in any
/// combination.
/// </summary>
public sealed class LogCrashPointTests
{
    private const int Entries = 40;

    [TestCase(DiskFaultKind.PowerCut)]
    [TestCase(DiskFaultKind.ErrorBefore)]
    [TestCase(DiskFaultKind.ErrorAfter)]
    public void Issue6368And6378_AfterEveryDiskCall_KeepsAllAcknowledged(DiskFaultKind kind)
    {
        bool finished = false;
        for (long call = 1; !finished; call++)
        {
            var disk = new SimulatedDisk(new SeededRandom((ulong)call));
            disk.FailCall(call, new DiskFault(kind));
            var state = new Shadow();
            finished = RunScript(disk, state, (ulong)call);
            disk.Crash();

            // The recovery dies too, then the machine once more, then it has to work.
            disk.FailCall(disk.Calls + (call % 40), new DiskFault(kind));
            RunScript(disk, state, 1000 + (ulong)call);
            disk.Crash();
            AssertHolds(disk, state, $"call {call}");
        }
    }

    /// <summary>The process dies, the machine does not: the page cache keeps what no sync had covered.</summary>
    [Test]
    public void Open_ProcessDiesThenPowerGoes_KeepsWhatRecoveryHasShown()
    {
        for (long call = 1; call <= 60; call++)
        {
            var disk = new SimulatedDisk(new SeededRandom((ulong)call));
            disk.FailCall(call, DiskFault.PowerCut);
            var state = new Shadow();
            RunScript(disk, state, 1);
            disk.Restart();
            using (var driver = new LogDriver(disk, 2, state.Older, state.Newest))
            {
                Assert.That(driver.Recovery.Damage, Is.Null, $"call {call}");
                state.Acknowledged = driver.Recovery.LastIndex.Value;
            }

            disk.Crash(_ => Survival.Lost);
            AssertHolds(disk, state, $"call {call}");
        }
    }

    [Test]
    public void Open_DiskFullWhilePreparing_FailsAndLosesNothing()
    {
        for (long capacity = LogDriver.SegmentBytes; capacity < 5 * LogDriver.SegmentBytes; capacity += 5000)
        {
            var disk = new SimulatedDisk(new SeededRandom(1)) { CapacityBytes = capacity };
            var state = new Shadow();
            RunScript(disk, state, 1);
            disk.CapacityBytes = long.MaxValue;
            disk.Crash();
            AssertHolds(disk, state, $"capacity {capacity}");
        }
    }

    private static bool RunScript(SimulatedDisk disk, Shadow state, ulong incarnation)
    {
        LogDriver? driver = null;
        try
        {
            driver = new LogDriver(disk, incarnation, state.Older, state.Newest);
            Assert.That(driver.Recovery.Damage, Is.Null);
            long index = driver.Recovery.LastIndex.Value;
            Assert.That(index, Is.GreaterThanOrEqualTo(state.Acknowledged));
            for (long end = index + Entries; index < end;)
            {
                index++;
                driver.Append(index, LogPayload.Of(index, 1500 + (int)(index % 5 * 1200)));
                state.Acknowledged = Math.Max(state.Acknowledged, driver.Acknowledged);
                if (index % 7 == 0)
                {
                    // A checkpoint: the slot that was newest is now the older one.
                    (state.Older, state.Newest) = (state.Newest, index);
                    driver.Appender.Reclaim(new LogIndex(state.Older));
                    driver.RunSegmentWork();
                }
            }

            driver.Idle();
            return true;
        }
        catch (DiskException)
        {
            return false;
        }
        finally
        {
            if (driver is not null)
            {
                state.Acknowledged = Math.Max(state.Acknowledged, driver.Acknowledged);
            }

            driver?.Dispose();
        }
    }

    private static void AssertHolds(SimulatedDisk disk, Shadow state, string where)
    {
        using var driver = new LogDriver(disk, 77, state.Older, state.Newest);
        Assert.That(driver.Recovery.Damage, Is.Null, where);
        Assert.That(driver.Recovery.LastIndex.Value, Is.GreaterThanOrEqualTo(state.Acknowledged), where);
        List<(long Index, long Term, byte[] Payload)> entries = driver.Replay(state.Older);
        int expected = (int)(driver.Recovery.LastIndex.Value - state.Older);
        Assert.That(
            entries.Select(entry => entry.Index),
            Is.EqualTo(Enumerable.Range((int)state.Older + 1, expected)),
            where);
        Assert.That(
            entries.All(entry => entry.Payload.SequenceEqual(LogPayload.Of(entry.Index, entry.Payload.Length))),
            where);
    }

    private sealed class Shadow
    {
        public long Acknowledged { get; set; }

        public long Older { get; set; }

        public long Newest { get; set; }
    }
}
