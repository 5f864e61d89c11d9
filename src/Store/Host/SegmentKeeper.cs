using System.Collections.Concurrent;
using Keelson.Base.Identity;
using Keelson.Base.Seams;
using Keelson.Store.Log;

namespace Keelson.Store.Host;

/// <summary>
/// Carries work on log segments between the commit loop, which knows what is needed, and the maintenance thread, which
/// may wait for the disk.
/// </summary>
/// <param name="disk">Where the segments are.</param>
/// <param name="fits">Whether the disk has room for so many bytes more.</param>
internal sealed class SegmentKeeper(IDisk disk, Func<long, bool> fits)
{
    private readonly ConcurrentQueue<LogSegmentWork> _wanted = new();
    private readonly ConcurrentQueue<LogSegmentWork> _done = new();
    private Action _wakeMaintenance = static () => { };
    private Action _wakeCommit = static () => { };
    private long _neededAfter;
    private LogSegmentWork? _starved;
    private int _inUse;

    public void Connect(Action wakeMaintenance, Action wakeCommit)
    {
        _wakeMaintenance = wakeMaintenance;
        _wakeCommit = wakeCommit;
    }

    /// <summary>Segments that hold the log. Any thread.</summary>
    public int InUse => Volatile.Read(ref _inUse);

    /// <summary>A new segment is wanted, and the disk has no room for it. Any thread.</summary>
    public bool IsStarved => Volatile.Read(ref _starved) is not null;

    /// <summary>Maintenance: does the work that is wanted.</summary>
    public void Run()
    {
        LogSegmentWork? waiting = Interlocked.Exchange(ref _starved, null);
        while (_wanted.TryDequeue(out LogSegmentWork? work))
        {
            Run(work);
        }

        if (waiting is not null)
        {
            Run(waiting);
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

        int freed = log.Reclaim(new LogIndex(Volatile.Read(ref _neededAfter)));
        if (freed > 0)
        {
            // Room for as much again: who is short of space needs it more than the log.
            log.KeepSpare(fits(freed * (long)log.SegmentBytes) ? freed : 0);
        }

        Volatile.Write(ref _inUse, log.SegmentsInUse);
        if (Interlocked.Exchange(ref _starved, null) is { } starved)
        {
            LogSegmentWork better = log.Reconsider(starved);
            Volatile.Write(ref _starved, better == starved ? starved : null);
            Want(better == starved ? null : better);
        }

        while (log.TakeSegmentWork() is { } work)
        {
            Want(work);
        }
    }

    private void Want(LogSegmentWork? work)
    {
        if (work is not null)
        {
            _wanted.Enqueue(work);
            _wakeMaintenance();
        }
    }

    private void Run(LogSegmentWork work)
    {
        if (work.Kind == LogSegmentWorkKind.Prewrite && !fits(work.SegmentBytes))
        {
            // Writing what the disk cannot hold would end the store; without a segment commits wait, and reads go on.
            // There is never a second one: the log has one segment prepared at a time.
            Volatile.Write(ref _starved, work);
            return;
        }

        work.Run(disk);
        _done.Enqueue(work);
        _wakeCommit();
    }
}
