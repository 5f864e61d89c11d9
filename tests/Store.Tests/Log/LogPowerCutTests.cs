using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.Store.Log;

namespace Keelson.Store.Tests.Log;

/// <summary>An ordinary power cut: the log must start, and nothing acknowledged may be missing.</summary>
public sealed class LogPowerCutTests
{
    private const int Acknowledged = 3;

    /// <summary>
    /// Each of four writes in flight was completed, was not and survived, or was not and was lost: 81 cases.
    /// </summary>
    [TestCase(100)]
    [TestCase(5000)]
    [TestCase(9000)]
    public void Open_FourWritesInFlightAnySubsetSurvives_StartsWithAllAcknowledged(int length)
    {
        for (int fates = 0; fates < 81; fates++)
        {
            int[] fate = [fates % 3, fates / 3 % 3, fates / 9 % 3, fates / 27];
            CutPower(length, fate, Survival.Whole, out SimulatedDisk disk, out long acknowledged);
            int survivors = fate.TakeWhile(each => each != 2).Count();
            AssertStarts(disk, length, acknowledged, Acknowledged + survivors);
        }
    }

    /// <summary>Etcd 14370: one member answered before its own sync had returned.</summary>
    [Test]
    public void Issue14370_YoungerWriteFirst_AcknowledgesNothingBeforeTheOlderOne()
    {
        var disk = new SimulatedDisk(new SeededRandom(1));
        using var driver = new LogDriver(disk);
        driver.Stage(1, LogPayload.Of(1, 10));
        LogWrite first = driver.Appender.TakeWrite();
        driver.Stage(2, LogPayload.Of(2, 10));
        LogWrite second = driver.Appender.TakeWrite();
        driver.Complete(second);
        Assert.That(driver.Acknowledged, Is.Zero);
        driver.Complete(first);
        Assert.That(driver.Acknowledged, Is.EqualTo(2));
    }

    [Test]
    public void TakeWrite_FourOutstanding_WaitsForTheOldest()
    {
        var disk = new SimulatedDisk(new SeededRandom(1));
        using var driver = new LogDriver(disk);
        var writes = new List<LogWrite>();
        for (long index = 1; index <= 4; index++)
        {
            driver.Stage(index, LogPayload.Of(index, 10));
            writes.Add(driver.Appender.TakeWrite());
        }

        Assert.That(driver.Appender.HasRoom(10), Is.True);
        driver.Appender.Stage(new(5), new(1), LogPayload.Of(5, 10));
        driver.Complete(writes[3]);
        Assert.That(driver.Appender.CanTakeWrite, Is.False);
        driver.Complete(writes[0]);
        Assert.That(driver.Appender.CanTakeWrite, Is.True);
    }

    [Test]
    public void Open_WriteTornAtAnySector_CutsThere([Range(0, 24)] int sectors)
    {
        // Two blocks of small records and one record over two blocks; then another write that survives.
        CutPower(7000, [1, 1, 2, 1], Survival.Prefix(sectors), out SimulatedDisk disk, out long acknowledged);
        AssertStarts(disk, 7000, acknowledged, Acknowledged + (sectors >= 14 ? 4 : 2));
    }

    [FsCheck.NUnit.Property(MaxTest = 200)]
    public bool Open_RandomCutsInARow_NeverLoseOrInvent(ulong seed)
    {
        var script = new SeededRandom(seed);
        var disk = new SimulatedDisk(new SeededRandom(seed ^ 5));
        long known = 0;
        for (int round = 1; round <= 5; round++)
        {
            using var driver = new LogDriver(disk, (ulong)round);
            if (driver.Recovery.Damage is not null)
            {
                return false;
            }

            List<(long Index, long Term, byte[] Payload)> entries = driver.Replay();
            if (entries.Count < known || !entries.All(IsGenuine))
            {
                return false;
            }

            // What was read once may have been answered: it must not go away either.
            known = Play(driver, disk, script, entries.Count);
            disk.Crash();
        }

        return true;
    }

    private static bool IsGenuine((long Index, long Term, byte[] Payload) entry) =>
        entry.Payload.AsSpan().SequenceEqual(LogPayload.Of(entry.Index, entry.Payload.Length, entry.Term));

    private static long Play(LogDriver driver, SimulatedDisk disk, SeededRandom script, long last)
    {
        var inFlight = new List<(LogWrite Write, UnsyncedOperation Operation)>();
        long acknowledged = last;
        for (int step = script.Below(25); step > 0; step--)
        {
            if (inFlight.Count > 0 && (inFlight.Count == 4 || script.Below(2) == 0))
            {
                (LogWrite write, UnsyncedOperation operation) = inFlight[script.Below(inFlight.Count)];
                inFlight.RemoveAll(each => each.Write == write);
                disk.Complete(operation);
                driver.Complete(write);
                acknowledged = Math.Max(acknowledged, driver.Acknowledged);
            }

            driver.RunSegmentWork();
            if (driver.Appender.CanTakeWrite || !driver.Appender.HasRoom(5000))
            {
                continue;
            }

            for (int records = 1 + script.Below(3); records > 0 && driver.Appender.HasRoom(5000); records--)
            {
                last++;
                driver.Appender.Stage(new(last), new(1), LogPayload.Of(last, script.Below(5001)));
            }

            if (driver.Appender.CanTakeWrite)
            {
                LogWrite taken = driver.Appender.TakeWrite();
                inFlight.Add((taken, driver.Begin(taken)));
            }
        }

        return acknowledged;
    }

    /// <summary>
    /// Fate 0: completed; 1: in flight, survives; 2: in flight, left as <paramref name="torn"/> says.
    /// </summary>
    private static void CutPower(
        int length, int[] fate, Survival torn, out SimulatedDisk disk, out long acknowledged)
    {
        disk = new SimulatedDisk(new SeededRandom(1));
        using (var driver = new LogDriver(disk, segmentBytes: 4 * LogDriver.SegmentBytes))
        {
            for (long index = 1; index <= Acknowledged; index++)
            {
                driver.Append(index, LogPayload.Of(index, 100));
            }

            var writes = new List<(LogWrite Write, UnsyncedOperation Operation)>();
            for (int count = 0; count < fate.Length; count++)
            {
                driver.Stage(Acknowledged + 1 + count, LogPayload.Of(Acknowledged + 1 + count, length));
                LogWrite write = driver.Appender.TakeWrite();
                writes.Add((write, driver.Begin(write)));
            }

            for (int count = fate.Length - 1; count >= 0; count--)
            {
                if (fate[count] == 0)
                {
                    disk.Complete(writes[count].Operation);
                    driver.Complete(writes[count].Write);
                }
            }

            acknowledged = Math.Max(Acknowledged, driver.Acknowledged);
            var lost = writes.Where((_, count) => fate[count] == 2).Select(each => each.Operation.Number).ToHashSet();
            Survival whole = Survival.Whole;
            Survival rest = torn == Survival.Whole ? Survival.Lost : torn;
            disk.Crash(operation => lost.Contains(operation.Number) ? rest : whole);
        }
    }

    private static void AssertStarts(SimulatedDisk disk, int length, long acknowledged, int expected)
    {
        using (var driver = new LogDriver(disk, 2, segmentBytes: 4 * LogDriver.SegmentBytes))
        {
            Assert.That(driver.Recovery.Damage, Is.Null);
            List<(long Index, long Term, byte[] Payload)> entries = driver.Replay();
            Assert.That(entries, Has.Count.EqualTo(expected));
            Assert.That(entries, Has.Count.GreaterThanOrEqualTo(acknowledged));
            Assert.That(entries.Skip(Acknowledged).All(entry => entry.Payload.Length == length && IsGenuine(entry)));
            driver.Append(expected + 1, LogPayload.Of(expected + 1, 50));
        }

        // What was cut stays cut, what was read stays: another cut right away loses nothing.
        disk.Crash(_ => Survival.Lost);
        using var again = new LogDriver(disk, 3, segmentBytes: 4 * LogDriver.SegmentBytes);
        Assert.That(again.Recovery.Damage, Is.Null);
        Assert.That(again.Replay().Select(entry => entry.Index), Is.EqualTo(Enumerable.Range(1, expected + 1)));
        Assert.That(again.Replay()[^1].Payload, Is.EqualTo(LogPayload.Of(expected + 1, 50)));
    }
}
