using Keelson.Base.Identity;
using Keelson.Base.Seams;
using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.Store.Log;

namespace Keelson.Store.Tests.Log;

/// <summary>
/// Damage to what was durable is reported, whatever it is; the log never starts on less than it promised.
/// </summary>
public sealed class LogDamageTests
{
    [Test]
    public void Open_AnyBitOfADurableRecordFlipped_Refuses()
    {
        // Three entries, idle since: everything but the closing watermark is proven.
        SimulatedDisk disk = CreateLog(entries: 3, length: 20, segmentBytes: LogOptions.SegmentBytesMin);
        string name = disk.List()[0];
        foreach ((int start, int length) in Extents(disk, name)[..^1])
        {
            for (int offset = start; offset < start + length; offset++)
            {
                AssertRefuses(disk, name, offset, offset % 8);
            }
        }

        // Every bit of the last proven record.
        (int last, int lastLength) = Extents(disk, name)[^2];
        for (int bit = 0; bit < lastLength * 8; bit++)
        {
            AssertRefuses(disk, name, last + (bit / 8), bit % 8);
        }
    }

    [FsCheck.NUnit.Property(MaxTest = 100)]
    public bool Open_RandomBitOfDurableRecordsFlipped_Refuses(ulong seed)
    {
        var script = new SeededRandom(seed);
        SimulatedDisk disk = CreateLog(1 + script.Below(40), 1 + script.Below(3000), LogDriver.SegmentBytes);
        List<(string Name, int Offset, LogRecordHeader Header)> records = [.. disk.List()
            .SelectMany(name => Records(disk, name).Select(each => (name, each.Offset, each.Header)))];
        SequenceNumber proven = records.Max(each => each.Header.Watermark);
        records.RemoveAll(each => each.Header.Sequence > proven);
        (string file, int offset, LogRecordHeader header) = records[script.Below(records.Count)];
        disk.FlipBit(file, offset + script.Below(header.RecordBytes), script.Below(8));
        using var driver = new LogDriver(disk, 2);

        // A lost start is reported where the segment before it ended: nothing else says that there was one.
        return driver.Recovery.Damage is { } damage
            && damage.Sequence == header.Sequence
            && (damage.File == file || offset == 0)
            && driver.Recovery.Appender is null;
    }

    /// <summary>The record behind was submitted when exactly the damaged one was the last durable one.</summary>
    [Test]
    public void Open_OnlyTheNextRecordProvesTheDamagedOne_Refuses()
    {
        var disk = new SimulatedDisk(new SeededRandom(1));
        using (var driver = new LogDriver(disk))
        {
            driver.Append(1, LogPayload.Of(1, 10));
            driver.Append(2, LogPayload.Of(2, 10));
        }

        List<(int Offset, LogRecordHeader Header)> records = Records(disk, disk.List()[0]);
        Assert.That(records[^1].Header.Watermark, Is.EqualTo(records[^2].Header.Sequence));
        disk.FlipBit(disk.List()[0], records[^2].Offset, 0);
        using var reopened = new LogDriver(disk, 2);
        Assert.That(reopened.Recovery.Damage?.Sequence, Is.EqualTo(records[^2].Header.Sequence));
    }

    [Test]
    public void Open_LastRecordDamagedBeforeIdleMark_IsCutUnlessARootHasApplied([Values] bool applied)
    {
        var disk = new SimulatedDisk(new SeededRandom(1));
        using (var driver = new LogDriver(disk))
        {
            driver.Append(1, LogPayload.Of(1, 10));
            driver.Append(2, LogPayload.Of(2, 10));
        }

        (int start, int length) = Extents(disk, disk.List()[0])[^1];
        disk.FlipBit(disk.List()[0], start + length - 1, 0);
        using var reopened = new LogDriver(disk, 2, older: 0, newest: applied ? 2 : 1);
        Assert.That(reopened.Recovery.Damage is not null, Is.EqualTo(applied));
        Assert.That(reopened.Recovery.LastIndex, Is.EqualTo(new LogIndex(1)));
    }

    [Test]
    public void Open_SegmentMissing_Refuses()
    {
        SimulatedDisk disk = CreateLog(entries: 40, length: 2000, LogDriver.SegmentBytes);
        foreach (string name in disk.List().SkipLast(2))
        {
            SimulatedDisk copy = disk.Clone(new SeededRandom(1));
            copy.Delete(name);
            using var driver = new LogDriver(copy, 2, older: 0, newest: 0);
            Assert.That(driver.Recovery.Damage, Is.Not.Null, name);
        }
    }

    [Test]
    public void Open_AllSegmentsMissingButARootHasApplied_Refuses()
    {
        using var driver = new LogDriver(new SimulatedDisk(new SeededRandom(1)), 1, older: 5, newest: 9);
        Assert.That(driver.Recovery.Damage!.ToString(), Does.Contain("a root has applied 9"));
    }

    [Test]
    public void Open_DamageBelowBothRoots_IsNobodysLoss()
    {
        SimulatedDisk disk = CreateLog(entries: 40, length: 2000, LogDriver.SegmentBytes);
        disk.FlipBit(disk.List()[0], LogOptions.BlockBytes + 8, 0);
        using var driver = new LogDriver(disk, 2, older: 38, newest: 39);
        Assert.That(driver.Recovery.Damage, Is.Null);
        Assert.That(driver.Replay(39).Select(each => each.Index), Is.EqualTo(new[] { 40L }));
    }

    /// <summary>
    /// A cut record must stay dead even when a device finds its bytes again (incarnation, chain hash).
    /// </summary>
    [Test]
    public void Open_CutRecordComesBackToLife_IsNotAdopted()
    {
        var disk = new SimulatedDisk(new SeededRandom(1));
        using (var driver = new LogDriver(disk))
        {
            driver.Append(1, LogPayload.Of(1, 10));
            driver.Append(2, LogPayload.Of(2, 10));
        }

        string name = disk.List()[0];
        (int start, _) = Extents(disk, name)[^1];
        disk.FlipBit(name, start, 0);
        using (var cut = new LogDriver(disk, 2))
        {
            cut.Append(2, LogPayload.Of(2, 77, term: 2), term: 2);
        }

        disk.FlipBit(name, start, 0);
        using var reopened = new LogDriver(disk, 3);
        Assert.That(reopened.Replay().Select(each => each.Term), Is.EqualTo(new[] { 1L, 2 }));
    }

    [FsCheck.NUnit.Property(MaxTest = 100)]
    public bool Open_RandomBytesAsSegments_NeverCrashes(ulong seed)
    {
        var script = new SeededRandom(seed);
        SimulatedDisk disk = CreateLog(5, 1000, LogDriver.SegmentBytes);
        for (int count = 1 + script.Below(20); count > 0; count--)
        {
            IReadOnlyList<string> names = disk.List();
            using IDiskFile file = disk.Open(names[script.Below(names.Count)], DiskOpenMode.Existing);
            var noise = new byte[1 + script.Below(200)];
            script.Fill(noise);
            file.WriteDurable(script.Below(LogDriver.SegmentBytes), noise);
            file.Truncate(script.Below(4) == 0 ? script.Below(LogDriver.SegmentBytes) : file.Length);
        }

        using var driver = new LogDriver(disk, 2);
        return driver.Recovery.Damage is null == driver.Recovery.Appender is not null;
    }

    private static SimulatedDisk CreateLog(int entries, int length, int segmentBytes)
    {
        var disk = new SimulatedDisk(new SeededRandom(1));
        using (var driver = new LogDriver(disk, segmentBytes: segmentBytes))
        {
            for (long index = 1; index <= entries; index++)
            {
                driver.Append(index, LogPayload.Of(index, length));
            }

            driver.Idle();
        }

        disk.Crash(_ => Survival.Lost);
        return disk;
    }

    private static void AssertRefuses(SimulatedDisk disk, string name, int offset, int bit)
    {
        SimulatedDisk copy = disk.Clone(new SeededRandom(1));
        copy.FlipBit(name, offset, bit);
        var options = new LogOptions { SegmentBytes = LogOptions.SegmentBytesMin };
        LogRecovery recovery = LogRecovery.Open(copy, options, new LogRecoveryPoint(default, default, 2));
        Assert.That(recovery.Damage, Is.Not.Null, $"byte {offset}, bit {bit}");
    }

    private static List<(int Start, int Length)> Extents(SimulatedDisk disk, string name) =>
        [.. Records(disk, name).Select(each => (each.Offset, each.Header.RecordBytes))];

    private static List<(int Offset, LogRecordHeader Header)> Records(SimulatedDisk disk, string name)
    {
        Assert.That(LogSegmentName.TryParse(name, out long number));
        var records = new List<(int, LogRecordHeader)>();
        using var reader = new LogReader(disk, number);
        int offset = 0;
        while (reader.TryRead(offset, out LogRecordHeader header, out _))
        {
            records.Add((offset, header));
            offset = header.NextOffset(offset);
        }

        return records;
    }
}
