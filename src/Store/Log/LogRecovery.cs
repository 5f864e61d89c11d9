using Keelson.Base.Identity;
using Keelson.Base.Seams;

namespace Keelson.Store.Log;

/// <summary>
/// Opens the log after any end of the process before: either damage to report, or entries to replay and an appender
/// behind the tail. Safe to cut off anywhere and to run again.
/// </summary>
/// <remarks>
/// The rest of the last segment is never written again. Recovery begins a new segment whose start carries the next
/// sequence number and the hash of the last record: once that is durable, what lay behind the cut is history that no
/// later recovery can adopt.
/// </remarks>
internal sealed class LogRecovery
{
    private readonly IDisk _disk;
    private readonly LogOptions _options;
    private readonly LogScan _scan;

    private LogRecovery(IDisk disk, LogOptions options, LogRecoveryPoint point)
    {
        _disk = disk;
        _options = options;
        _scan = new LogScan(disk, point) { Following = LogEnd.TryRead(disk) };
        Damage = _scan.Run();
        if (Damage is null)
        {
            RewriteUnproven();
            Appender = BeginSegment(point.Incarnation);
        }
    }

    /// <summary>Durable data is damaged: nothing was changed, and there is no appender.</summary>
    public LogDamage? Damage { get; }

    /// <summary>The writing end; the caller disposes it. Null exactly if there is damage.</summary>
    public LogAppender? Appender { get; }

    /// <summary>The last term and vote.</summary>
    public HardState HardState => _scan.Tail.HardState;

    /// <summary>The last entry, 0 if there is none.</summary>
    public LogIndex LastIndex => _scan.Tail.Index;

    public Term LastTerm => _scan.Tail.Term;

    /// <summary>Opens the log in <paramref name="disk"/>, or creates it in an empty directory.</summary>
    /// <exception cref="DiskException">The disk failed.</exception>
    public static LogRecovery Open(IDisk disk, LogOptions options, LogRecoveryPoint point)
    {
        options.Check();
        return new LogRecovery(disk, options, point);
    }

    /// <summary>The entries behind <paramref name="after"/>, usually the newest root's applied index.</summary>
    public LogReplay Replay(LogIndex after) => new(_disk, _scan, after);

    /// <summary>
    /// Writes the same bytes again where no watermark proves them durable. The process before may have died with them
    /// in the page cache only, or after a failed write that left the cache and the disk different (Rebello et al.,
    /// USENIX ATC 2020): serving them first and losing them in the next power cut would undo an answer.
    /// </summary>
    private void RewriteUnproven()
    {
        foreach (LogExtent write in _scan.Unproven)
        {
            using var reader = new LogReader(_disk, write.Segment);
            int length = LogFormat.AlignBlock(write.End) - write.Offset;
            reader.File.WriteDurable(write.Offset, reader.View(write.Offset, length));
        }
    }

    private LogAppender BeginSegment(ulong incarnation)
    {
        List<LogSegment> chain = _scan.Chain;
        long numberLast = _scan.Numbers.Count == 0 ? 0 : _scan.Numbers[^1];
        List<long> ready = CollectReady(chain.Count == 0 ? 0 : chain[^1].Number, ref numberLast);
        var free = _scan.Numbers.Where(number => chain.Count > 0 && number < chain[0].Number)
            .Select(FreeSegment).ToList();
        bool again = BeginsLastSegmentAgain;
        LogTail tail = again ? _scan.TailBeforeLastSegment : _scan.Tail;
        var appender = new LogAppender(_options, incarnation, tail, again ? chain[..^1] : chain);
        appender.AdoptSegments(ready, free, numberLast);
        WriteStart(appender);
        return appender;
    }

    /// <summary>
    /// The last segment holds its start only, nothing is left behind it, and an earlier one holds all that the start
    /// repeats: a torn rewrite of that one block leaves the chain where it was.
    /// </summary>
    private bool BeginsLastSegmentAgain =>
        _scan.Chain.Count > 1
        && !_scan.HasLeftovers
        && _scan.Chain[^1].Bytes == _options.SegmentBytes
        && _scan.Tail.Next.Value == _scan.Chain[^1].First.Value + 1;

    /// <summary>Files behind the chain become prepared segments; one is made if there is none.</summary>
    private List<long> CollectReady(long chainLast, ref long numberLast)
    {
        foreach (string name in _disk.List().Where(LogSegmentName.IsPrewrite))
        {
            _disk.Delete(name);
        }

        var ready = new List<long>();
        foreach (long number in _scan.Numbers.Where(number => number > chainLast))
        {
            switch (Inspect(number))
            {
                case LogSegmentWorkKind.Delete:
                    _disk.Delete(LogSegmentName.Of(number));
                    break;
                case LogSegmentWorkKind.Recycle:
                    _disk.Rename(LogSegmentName.Of(number), LogSegmentName.Of(++numberLast));
                    ready.Add(numberLast);
                    break;
                default:
                    ready.Add(number);
                    break;
            }
        }

        LogEnd.Delete(_disk);
        // Also for a rename that the process before did not live to sync.
        _disk.Sync();
        ready.Sort();
        if (BeginsLastSegmentAgain)
        {
            ready.Insert(0, chainLast);
        }

        if (ready.Count == 0)
        {
            new LogSegmentWork(LogSegmentWorkKind.Prewrite, ++numberLast, 0, _options.SegmentBytes).Run(_disk);
            ready.Add(numberLast);
        }

        return ready;
    }

    /// <summary>A start that was in flight and lost its chain must not stay under a number that it names.</summary>
    private LogSegmentWorkKind Inspect(long number)
    {
        using var reader = new LogReader(_disk, number);
        if (reader.Length != _options.SegmentBytes)
        {
            return LogSegmentWorkKind.Delete;
        }

        return LogScan.TryReadStart(reader, out _, out _)
            ? LogSegmentWorkKind.Recycle
            : LogSegmentWorkKind.Prewrite;
    }

    private LogSegment FreeSegment(long number)
    {
        using var reader = new LogReader(_disk, number);
        return new LogSegment(number, default, default, reader.Length);
    }

    private void WriteStart(LogAppender appender)
    {
        appender.StageSegmentStart();
        LogWrite write = appender.TakeWrite();
        using IDiskFile file = _disk.Open(write.SegmentName, DiskOpenMode.Existing);
        file.WriteDurable(write.Offset, write.Bytes);
        appender.Complete(write);
    }
}
