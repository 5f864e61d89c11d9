using Keelson.Base;
using Keelson.Base.Identity;

namespace Keelson.Store.Log;

/// <summary>Which files the log uses next and no longer.</summary>
internal sealed partial class LogAppender
{
    /// <summary>Segments prepared ahead, so that no commit waits for one.</summary>
    private const int ReadySegmentsTarget = 1;

    /// <summary>Unneeded segments kept for recycling, whatever the disk says.</summary>
    private const int SpareSegmentsMin = 2;

    private readonly List<LogSegment> _segments = [];
    private readonly Queue<long> _ready = new();
    private readonly Queue<LogSegment> _freeSegments = new();
    private long _numberLast;
    private int _preparing;
    private int _spareMax = SpareSegmentsMin;

    /// <summary>Segments that hold the log, the current one included.</summary>
    public int SegmentsInUse => _segments.Count;

    private LogSegment CurrentSegment => _segments[^1];

    /// <summary>
    /// Gives back the segments that no root needs, and returns how many; <paramref name="olderApplied"/> is the older
    /// slot's.
    /// </summary>
    public int Reclaim(LogIndex olderApplied)
    {
        int count = LogReclaim.CountFree(_segments, olderApplied, _proven);
        _segments[..count].ForEach(_freeSegments.Enqueue);
        _segments.RemoveRange(0, count);
        Places?.ForgetBefore(_segments.Count == 0 ? 0 : _segments[0].Number);
        if (_segments.Count > 1 && _segments[1].IndexMaxBefore <= olderApplied)
        {
            // Only the proof of the next start is missing: an idle log writes it.
            _startToProve = _segments[1].First;
        }

        return count;
    }

    /// <summary>
    /// Keeps so many unneeded segments for recycling, at least two; more are deleted. A checkpoint frees as many as the
    /// time until the next one will use, if it goes on like this: those that are deleted in between are written in full
    /// once more.
    /// </summary>
    public void KeepSpare(int count) => _spareMax = Math.Max(count, SpareSegmentsMin);

    /// <summary>
    /// The next piece of work on segment files, or null. Ask after every write and every reclaim; run it on a thread
    /// that may wait and hand it to <see cref="CompleteSegmentWork"/>.
    /// </summary>
    public LogSegmentWork? TakeSegmentWork()
    {
        bool wanted = _ready.Count + _preparing < ReadySegmentsTarget;
        if (!wanted && _freeSegments.Count <= _spareMax)
        {
            return null;
        }

        if (!_freeSegments.TryDequeue(out LogSegment free))
        {
            return Prepare(LogSegmentWorkKind.Prewrite, 0);
        }

        return wanted && free.Bytes == _options.SegmentBytes
            ? Prepare(LogSegmentWorkKind.Recycle, free.Number)
            : new LogSegmentWork(LogSegmentWorkKind.Delete, 0, free.Number, free.Bytes);
    }

    /// <summary>A prewrite for which the disk has no room: a segment that was freed meanwhile can stand in.</summary>
    public LogSegmentWork Reconsider(LogSegmentWork prewrite)
    {
        for (int left = _freeSegments.Count; left > 0; left--)
        {
            LogSegment free = _freeSegments.Dequeue();
            if (free.Bytes == _options.SegmentBytes)
            {
                return new LogSegmentWork(LogSegmentWorkKind.Recycle, prewrite.Number, free.Number, free.Bytes);
            }

            _freeSegments.Enqueue(free);
        }

        return prewrite;
    }

    /// <summary>The work is done and durable.</summary>
    public void CompleteSegmentWork(LogSegmentWork work)
    {
        if (work.Kind != LogSegmentWorkKind.Delete)
        {
            Invariant.Require(_preparing > 0);
            _preparing--;
            _ready.Enqueue(work.Number);
        }
    }

    /// <summary>
    /// What recovery found: prepared segments in order, unneeded ones, the highest number that was ever used.
    /// </summary>
    internal void AdoptSegments(IEnumerable<long> ready, IEnumerable<LogSegment> free, long numberLast)
    {
        foreach (long number in ready)
        {
            _ready.Enqueue(number);
        }

        foreach (LogSegment segment in free)
        {
            _freeSegments.Enqueue(segment);
        }

        _numberLast = numberLast;
    }

    /// <summary>Stages the start of the next segment alone: recovery writes it before anything else.</summary>
    internal void StageSegmentStart()
    {
        Invariant.Require(_staged is null);
        _staged = _freeWrites.Pop();
        BeginSegment(_staged);
    }

    private LogSegmentWork Prepare(LogSegmentWorkKind kind, long source)
    {
        _preparing++;
        return new LogSegmentWork(kind, ++_numberLast, source, _options.SegmentBytes);
    }

    private void BeginSegment(LogWrite write)
    {
        Invariant.Require(_ready.Count > 0);
        long number = _ready.Dequeue();
        Invariant.Require(_segments.Count == 0 || number > CurrentSegment.Number);
        var segment = new LogSegment(number, _tail.Next, _tail.IndexMax, _options.SegmentBytes);
        _segments.Add(segment);
        _segmentName = segment.Name;
        _offset = 0;
        write.Begin(number, _segmentName, 0);
        Span<byte> payload = stackalloc byte[LogFormat.StartPayloadBytes];
        new SegmentStart(_options.SegmentBytes, _tail.IndexMax, _tail.HardState).WriteTo(payload);
        Append(LogRecordKind.SegmentStart, _tail.Index, _tail.Term, payload);
        Seal(LogFormat.FlagEndsBlock);
        write.PadTo(LogOptions.BlockBytes);
    }
}
