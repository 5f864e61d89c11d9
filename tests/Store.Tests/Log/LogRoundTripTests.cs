using Keelson.Base.Identity;
using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.Store.Log;

namespace Keelson.Store.Tests.Log;

public sealed class LogRoundTripTests
{
    [FsCheck.NUnit.Property(MaxTest = 60)]
    public bool Replay_AfterRandomAppendsAndReopens_ReturnsAllInOrder(ulong seed)
    {
        var script = new SeededRandom(seed);
        var disk = new SimulatedDisk(new SeededRandom(seed));
        var lengths = new List<int>();
        for (int round = 1; round <= 4; round++)
        {
            disk.SectorBytes = 512 << script.Below(4);
            using var driver = new LogDriver(disk, (ulong)round);
            if (!IsSame(driver.Replay(), lengths))
            {
                return false;
            }

            for (int count = script.Below(30); count > 0; count--)
            {
                int bytesMax = script.Below(4) == 0 ? LogDriver.SegmentBytes - 4096 - LogFormat.HeaderBytes : 600;
                lengths.Add(script.Below(bytesMax + 1));
                driver.Stage(lengths.Count, LogPayload.Of(lengths.Count, lengths[^1]));
                if (script.Below(3) == 0)
                {
                    driver.Write();
                }
            }

            if (driver.Appender.CanTakeWrite)
            {
                driver.Write();
            }

            disk.Restart();
        }

        using var last = new LogDriver(disk, 99);
        return IsSame(last.Replay(), lengths);
    }

    /// <summary>The block is the write's own, but what it does not need is neither written nor read.</summary>
    [Test]
    public void TakeWrite_EndsWithASectorAndTheNextBeginsWithABlock([Values(512, 1024, 4096)] int sectorBytes)
    {
        var disk = new SimulatedDisk(new SeededRandom(1)) { SectorBytes = sectorBytes };
        using var driver = new LogDriver(disk);
        driver.Append(1, LogPayload.Of(1, 100));
        LogWrite write = Staged(driver, 2, 5000);
        Assert.That(write.Offset % LogOptions.BlockBytes, Is.Zero);
        Assert.That(write.Bytes.Length, Is.EqualTo(sectorBytes == 4096 ? 8192 : 5120));
        long follows = write.Offset + (2 * LogOptions.BlockBytes);
        driver.Perform(write);
        LogWrite next = Staged(driver, 3, 10);
        Assert.That(next.Offset, Is.EqualTo(follows));
        Assert.That(next.Bytes.Length, Is.EqualTo(sectorBytes));
        driver.Perform(next);
        disk.Crash();
        using var reopened = new LogDriver(disk, 2);
        Assert.That(reopened.Replay().Select(each => each.Index), Is.EqualTo(new long[] { 1, 2, 3 }));

        static LogWrite Staged(LogDriver driver, long index, int bytes)
        {
            driver.Stage(index, LogPayload.Of(index, bytes));
            return driver.Appender.TakeWrite();
        }
    }

    [Test]
    public void Replay_AfterIndex_StartsBehindIt()
    {
        var disk = new SimulatedDisk(new SeededRandom(1));
        AppendAll(disk, 40, 900);
        using var driver = new LogDriver(disk, 2, older: 25, newest: 30);
        Assert.That(driver.Replay(30).Select(each => each.Index), Is.EqualTo(Enumerable.Range(31, 10)));
        Assert.That(driver.Recovery.LastIndex, Is.EqualTo(new LogIndex(40)));
    }

    [Test]
    public void Replay_IndexWrittenAgain_ReplacesEverythingFromThere()
    {
        var disk = new SimulatedDisk(new SeededRandom(1));
        using (var driver = new LogDriver(disk))
        {
            for (long index = 1; index <= 6; index++)
            {
                driver.Append(index, LogPayload.Of(index, 1500));
            }

            driver.Append(4, LogPayload.Of(4, 10, term: 2), term: 2);
            driver.Append(5, LogPayload.Of(5, 10, term: 2), term: 2);
            driver.Append(5, LogPayload.Of(5, 10, term: 3), term: 3);
        }

        disk.Crash();
        using var reopened = new LogDriver(disk, 2);
        Assert.That(
            reopened.Replay().Select(each => (each.Index, each.Term)),
            Is.EqualTo(new[] { (1L, 1L), (2, 1), (3, 1), (4, 2), (5, 3) }));
        Assert.That(reopened.Recovery.LastTerm, Is.EqualTo(new Term(3)));
    }

    [Test]
    public void HardState_StagedThenManySegmentsReclaimed_IsStillThere()
    {
        var disk = new SimulatedDisk(new SeededRandom(1));
        var state = new HardState(new Term(7), new MemberId(0xABCD));
        using (var driver = new LogDriver(disk))
        {
            driver.Appender.StageHardState(state);
            driver.Write();
            for (long index = 1; index <= 60; index++)
            {
                driver.Append(index, LogPayload.Of(index, 900));
                driver.Appender.Reclaim(new LogIndex(index));
                driver.RunSegmentWork();
            }
        }

        disk.Crash();
        using var reopened = new LogDriver(disk, 2, older: 60, newest: 60);
        Assert.That(reopened.Recovery.Damage, Is.Null);
        Assert.That(reopened.Recovery.HardState, Is.EqualTo(state));
    }

    [Test]
    public void Reclaim_WhileWriting_RecyclesFilesAndKeepsTheirNumberBounded()
    {
        var disk = new SimulatedDisk(new SeededRandom(1));
        using (var driver = new LogDriver(disk))
        {
            for (long index = 1; index <= 200; index++)
            {
                driver.Append(index, LogPayload.Of(index, 2000));
                driver.Appender.Reclaim(new LogIndex(index - 3));
                driver.RunSegmentWork();
                Assert.That(disk.List(), Has.Count.LessThanOrEqualTo(6));
            }

            Assert.That(disk.Journal, Does.Contain("Rename log-"));
        }

        disk.Crash();
        using var reopened = new LogDriver(disk, 2, older: 197, newest: 199);
        Assert.That(reopened.Replay(199).Select(each => each.Index), Is.EqualTo(new[] { 200L }));
    }

    [Test]
    public void Open_AgainAndAgainWithoutWriting_UsesNoFurtherSegment()
    {
        var disk = new SimulatedDisk(new SeededRandom(1));
        AppendAll(disk, 3, 100);
        int files = 0;
        for (ulong round = 0; round < 20; round++)
        {
            using var driver = new LogDriver(disk, 10 + round);
            Assert.That(driver.Replay(), Has.Count.EqualTo(3));
            files = round == 2 ? disk.List().Count : files;
            disk.Crash();
        }

        Assert.That(disk.List(), Has.Count.EqualTo(files));
    }

    [Test]
    public void Open_SegmentSizeChanged_ReadsOldSegmentsAndWritesNewSize()
    {
        var disk = new SimulatedDisk(new SeededRandom(1));
        AppendAll(disk, 10, 3000);
        using (var larger = new LogDriver(disk, 2, segmentBytes: 2 * LogDriver.SegmentBytes))
        {
            Assert.That(larger.Replay(), Has.Count.EqualTo(10));
            larger.Append(11, LogPayload.Of(11, LogDriver.SegmentBytes));
        }

        disk.Crash();
        using var reopened = new LogDriver(disk, 3);
        Assert.That(reopened.Replay()[^1].Payload, Is.EqualTo(LogPayload.Of(11, LogDriver.SegmentBytes)));
    }

    [Test]
    public void Stage_PayloadLargerThanWriteMax_TravelsAlone()
    {
        var disk = new SimulatedDisk(new SeededRandom(1));
        using var driver = new LogDriver(disk, segmentBytes: 4 << 20);
        driver.Stage(1, LogPayload.Of(1, 100));
        Assert.That(driver.Appender.HasRoom(LogOptions.WriteBytesMax), Is.False);
        driver.Write();
        Assert.That(driver.Appender.HasRoom(LogOptions.WriteBytesMax * 2), Is.True);
        driver.Append(2, LogPayload.Of(2, LogOptions.WriteBytesMax * 2));
        Assert.That(driver.Acknowledged, Is.EqualTo(2));
    }

    private static void AppendAll(SimulatedDisk disk, int count, int length)
    {
        using (var driver = new LogDriver(disk))
        {
            for (long index = 1; index <= count; index++)
            {
                driver.Append(index, LogPayload.Of(index, length));
            }
        }

        disk.Crash();
    }

    /// <summary>
    /// A put alone takes a block, so a segment does not last long and a checkpoint frees many: deleted and written in
    /// full again they would cost as much as the log itself.
    /// </summary>
    [Test]
    public void Segments_OfOneCheckpoint_AreRecycledForTheNext([Values(0, 5)] int spare)
    {
        const int writesOfCycle = 25;
        var disk = new SimulatedDisk(new SeededRandom(1));
        using var driver = new LogDriver(disk);
        var prewritten = new List<int>();
        for (int cycle = 1; cycle <= 8; cycle++)
        {
            driver.Appender.KeepSpare(spare);
            for (int write = 0; write < writesOfCycle; write++)
            {
                driver.Append(driver.Appender.LastIndex.Value + 1, LogPayload.Of(1, 100));
            }

            prewritten.Add(driver.Prewritten);
            driver.Appender.Reclaim(new LogIndex((cycle - 1) * writesOfCycle));
            driver.RunSegmentWork();
        }

        int late = prewritten[^1] - prewritten[3];
        Assert.That(late, spare == 0 ? Is.GreaterThan(4) : Is.Zero, string.Join(' ', prewritten));
    }

    private static bool IsSame(List<(long Index, long Term, byte[] Payload)> entries, List<int> lengths) =>
        entries.Count == lengths.Count
        && entries.Select((entry, position) => entry.Index == position + 1
            && entry.Payload.AsSpan().SequenceEqual(LogPayload.Of(position + 1, lengths[position]))).All(same => same);
}
