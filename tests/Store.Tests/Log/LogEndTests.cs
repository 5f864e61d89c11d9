using Keelson.Base.Seams;
using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.Store.Log;

namespace Keelson.Store.Tests.Log;

/// <summary>What a clean stop says of the log's end is believed for one start, and only where it fits.</summary>
internal sealed class LogEndTests
{
    private const int PayloadBytes = 100;
    private const long Entries = 5;

    /// <summary>Many times what is read at once.</summary>
    private const int SegmentBytes = 4 << 20;

    private readonly List<DiskCall> _calls = [];

    [Test]
    public void Open_AfterCleanStop_ReadsNoMoreThanTheChain()
    {
        SimulatedDisk unclean = Stopped(clean: false);
        SimulatedDisk clean = Stopped(clean: true);
        Assert.Multiple(() =>
        {
            Assert.That(ReadsOfOpening(unclean), Is.GreaterThan(ReadsOfOpening(clean) + 10));
            Assert.That(clean.List(), Has.No.Member(LogEnd.FileName), "good for one start");
        });
    }

    [Test]
    public void Open_AfterCleanStop_HasEveryEntry()
    {
        using var driver = new LogDriver(Stopped(clean: true), incarnation: 2, segmentBytes: SegmentBytes);
        Assert.That(driver.Recovery.LastIndex.Value, Is.EqualTo(Entries));
    }

    [Test]
    public void Open_EndRemovedAndCrashed_SearchesAgain()
    {
        SimulatedDisk disk = Stopped(clean: true);
        using (var driver = new LogDriver(disk, incarnation: 2, segmentBytes: SegmentBytes))
        {
            driver.Append(Entries + 1, LogPayload.Of(Entries + 1, PayloadBytes));
        }

        disk.Crash(_ => Survival.Lost);
        using var next = new LogDriver(disk, incarnation: 3, segmentBytes: SegmentBytes);
        Assert.Multiple(() =>
        {
            Assert.That(next.Recovery.LastIndex.Value, Is.EqualTo(Entries + 1));
            Assert.That(LogEnd.TryRead(disk), Is.Null);
        });
    }

    [Test]
    public void Open_LastRecordGoneThoughTheStopWasClean_IsDamage()
    {
        // Nothing follows that record, so no watermark proves it; without the file it would be taken for torn.
        SimulatedDisk clean = Stopped(clean: true, idles: false);
        SimulatedDisk unclean = Stopped(clean: false, idles: false);
        FlipLastRecord(clean);
        FlipLastRecord(unclean);
        using var cut = new LogDriver(unclean, incarnation: 2, segmentBytes: SegmentBytes);
        Assert.Multiple(() =>
        {
            Assert.That(cut.Recovery.LastIndex.Value, Is.EqualTo(Entries - 1));
            Assert.That(Open(clean).Damage?.Found, Does.Contain(LogEnd.FileName));
        });
    }

    [Test]
    public void Open_EndOfAShorterLog_IsNotBelieved()
    {
        SimulatedDisk disk = Stopped(clean: true);
        byte[] old = Read(disk);
        using (var driver = new LogDriver(disk, incarnation: 2, segmentBytes: SegmentBytes))
        {
            driver.Append(Entries + 1, LogPayload.Of(Entries + 1, PayloadBytes));
            driver.Append(Entries + 2, LogPayload.Of(Entries + 2, PayloadBytes));
            driver.Idle();
        }

        Write(disk, old);
        FlipRecord(disk, Entries + 1);
        Assert.That(Open(disk).Damage, Is.Not.Null, "the damaged record has a proof behind it");
    }

    [Test]
    public void Open_TornEnd_SaysNothing([Values(0, 1, 79)] int length)
    {
        SimulatedDisk disk = Stopped(clean: true);
        byte[] whole = Read(disk);
        disk.Delete(LogEnd.FileName);
        Write(disk, whole[..length]);
        Assert.That(LogEnd.TryRead(disk), Is.Null);
        using var driver = new LogDriver(disk, incarnation: 2, segmentBytes: SegmentBytes);
        Assert.That(driver.Recovery.LastIndex.Value, Is.EqualTo(Entries));
    }

    private static SimulatedDisk Stopped(bool clean, bool idles = true)
    {
        var disk = new SimulatedDisk(new SeededRandom(1));
        using var driver = new LogDriver(disk, segmentBytes: SegmentBytes);
        for (long index = 1; index <= Entries; index++)
        {
            driver.Append(index, LogPayload.Of(index, PayloadBytes));
        }

        if (idles)
        {
            driver.Idle();
        }

        if (clean)
        {
            LogEnd.Write(disk, driver.Appender);
        }

        return disk;
    }

    private int ReadsOfOpening(SimulatedDisk disk)
    {
        _calls.Clear();
        disk.Faults = call =>
        {
            _calls.Add(call);
            return DiskFault.None;
        };
        Assert.That(Open(disk).Damage, Is.Null);
        disk.Faults = null;
        return _calls.Count(call => call.Kind == DiskCallKind.Read);
    }

    private static LogRecovery Open(IDisk disk)
    {
        var options = new LogOptions { SegmentBytes = SegmentBytes };
        return LogRecovery.Open(disk, options, new LogRecoveryPoint(default, default, 2));
    }

    private static void FlipLastRecord(SimulatedDisk disk) => FlipRecord(disk, Entries);

    private static void FlipRecord(SimulatedDisk disk, long index)
    {
        foreach (string name in disk.List())
        {
            if (!LogSegmentName.TryParse(name, out long number))
            {
                continue;
            }

            using var reader = new LogReader(disk, number);
            for (int offset = 0; reader.TryRead(offset, out LogRecordHeader header, out _);)
            {
                if (header.Kind == LogRecordKind.Entry && header.Index.Value == index)
                {
                    disk.FlipBit(name, offset + LogFormat.HeaderBytes, 0);
                    return;
                }

                offset = header.NextOffset(offset);
            }
        }

        Assert.Fail($"no record of index {index}");
    }

    private static byte[] Read(SimulatedDisk disk)
    {
        using IDiskFile file = disk.Open(LogEnd.FileName, DiskOpenMode.Existing);
        var bytes = new byte[file.Length];
        file.Read(0, bytes);
        return bytes;
    }

    private static void Write(SimulatedDisk disk, byte[] bytes)
    {
        using IDiskFile file = disk.Open(LogEnd.FileName, DiskOpenMode.New);
        file.Write(0, bytes);
        file.Sync();
        disk.Sync();
    }
}
