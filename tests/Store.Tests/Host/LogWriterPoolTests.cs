using System.Collections.Concurrent;
using Keelson.Base.Identity;
using Keelson.Base.Seams;
using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.Store.Host;
using Keelson.Store.Log;
using Keelson.Store.Tests.Log;

namespace Keelson.Store.Tests.Host;

public sealed class LogWriterPoolTests
{
    private readonly LogOptions _options = new() { SegmentBytes = LogDriver.SegmentBytes };
    private SimulatedDisk _disk = new(new SeededRandom(1));
    private BlockingCollection<(LogWrite Write, Exception? Failure)> _completions = [];

    [SetUp]
    public void CreateDisk()
    {
        _disk = new SimulatedDisk(new SeededRandom(1));
        _completions = new(LogOptions.WritesInFlightMax);
    }

    [TearDown]
    public void DisposeCompletions() => _completions.Dispose();

    [Test]
    public void Submit_ManyWritesOverSegments_AllAreDurableAndReportedOnce()
    {
        using (LogAppender appender = OpenLog(1))
        {
            using var pool = new LogWriterPool(_disk, (write, failure) => _completions.Add((write, failure)));
            long index = 0;
            while (appender.Durable.Index.Value < 200)
            {
                PrepareSegments(appender);
                while (appender.WritesInFlight < LogOptions.WritesInFlightMax && appender.HasRoom(900) && index < 200)
                {
                    index++;
                    appender.Stage(new LogIndex(index), new Term(1), LogPayload.Of(index, 900));
                    pool.Submit(appender.TakeWrite());
                }

                Assert.That(_completions.TryTake(out (LogWrite Write, Exception? Failure) completion, Patience.Limit));
                Assert.That(completion.Failure, Is.Null);
                appender.Complete(completion.Write);
            }

            Assert.That(appender.SegmentsInUse, Is.GreaterThan(10));
        }

        Assert.That(_completions, Is.Empty);
        _disk.Crash(_ => Survival.Lost);
        using var driver = new LogDriver(_disk, 2);
        Assert.That(driver.Replay(), Has.Count.EqualTo(200));
    }

    [Test]
    public void Submit_WriteFails_HandsOverTheFailureAndWritesNothingMore()
    {
        using LogAppender appender = OpenLog(1);
        PrepareSegments(appender);
        _disk.DiesOfFault = false;
        _disk.Faults = call => call.Kind == DiskCallKind.WriteDurable
            ? new DiskFault(DiskFaultKind.ErrorBefore)
            : DiskFault.None;
        using var pool = new LogWriterPool(_disk, (write, failure) => _completions.Add((write, failure)), threads: 1);
        pool.Submit(StageOne(appender, 1));
        Assert.That(_completions.TryTake(out (LogWrite Write, Exception? Failure) first, Patience.Limit));
        Assert.That(first.Failure, Is.TypeOf<DiskException>());

        long calls = _disk.Calls;
        pool.Submit(StageOne(appender, 2));
        Assert.That(_completions.TryTake(out (LogWrite Write, Exception? Failure) second, Patience.Limit));
        Assert.That(second.Failure, Is.SameAs(first.Failure));
        Assert.That(_disk.Calls, Is.EqualTo(calls));
    }

    [Test]
    public void Dispose_WritesQueued_PerformsThemFirst()
    {
        using LogAppender appender = OpenLog(1);
        var pool = new LogWriterPool(_disk, (write, failure) => _completions.Add((write, failure)), threads: 2);
        for (long index = 1; index <= 4; index++)
        {
            pool.Submit(StageOne(appender, index));
        }

        pool.Dispose();
        Assert.That(_completions.Select(each => each.Failure), Is.EqualTo(new Exception?[4]));
    }

    private static LogWrite StageOne(LogAppender appender, long index)
    {
        appender.Stage(new LogIndex(index), new Term(1), LogPayload.Of(index, 10));
        return appender.TakeWrite();
    }

    private LogAppender OpenLog(ulong incarnation) =>
        LogRecovery.Open(_disk, _options, new LogRecoveryPoint(default, default, incarnation)).Appender!;

    private void PrepareSegments(LogAppender appender)
    {
        while (appender.TakeSegmentWork() is { } work)
        {
            work.Run(_disk);
            appender.CompleteSegmentWork(work);
        }
    }
}
