using System.Collections.Concurrent;
using Keelson.Base.Identity;
using Keelson.Base.Seams;
using Keelson.Store.Log;

namespace Keelson.Store.Host;

/// <summary>
/// Carries work on log segments between the commit loop, which knows what is needed, and the maintenance thread, which
/// may
/// wait for the disk.
/// </summary>
internal sealed class SegmentKeeper(IDisk disk)
{
    private readonly ConcurrentQueue<LogSegmentWork> _wanted = new();
    private readonly ConcurrentQueue<LogSegmentWork> _done = new();
    private Action _wakeMaintenance = static () => { };
    private Action _wakeCommit = static () => { };
    private long _neededAfter;
    private int _inUse;

    public void Connect(Action wakeMaintenance, Action wakeCommit)
    {
        _wakeMaintenance = wakeMaintenance;
        _wakeCommit = wakeCommit;
    }

    /// <summary>Segments that hold the log. Any thread.</summary>
    public int InUse => Volatile.Read(ref _inUse);

    /// <summary>Maintenance: does the work that is wanted.</summary>
    public void Run()
    {
        while (_wanted.TryDequeue(out LogSegmentWork? work))
        {
            work.Run(disk);
            _done.Enqueue(work);
            _wakeCommit();
        }
    }

    /// <summary>Maintenance: entries up to this one are in both roots, so their segments may go.</summary>
    public void ReleaseThrough(LogIndex index)
    {
        Volatile.Write(ref _neededAfter, index.Value);
        _wakeCommit();
    }

    /// <summary>Commit loop: gives back what is done and collects what is wanted now.</summary>
    public void Exchange(LogAppender log)
    {
        while (_done.TryDequeue(out LogSegmentWork? work))
        {
            log.CompleteSegmentWork(work);
        }

        log.Reclaim(new LogIndex(Volatile.Read(ref _neededAfter)));
        Volatile.Write(ref _inUse, log.SegmentsInUse);
        while (log.TakeSegmentWork() is { } work)
        {
            _wanted.Enqueue(work);
            _wakeMaintenance();
        }
    }
}
