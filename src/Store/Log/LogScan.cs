using Keelson.Base.Identity;
using Keelson.Base.Seams;

namespace Keelson.Store.Log;

/// <summary>
/// One pass over the log: follows the chain of records to its end and decides whether what lies there was in flight
/// (cut) or durable (damage). Only reads.
/// </summary>
/// <remarks>
/// The chain begins at the newest segment before which every entry is applied in the older root. A record belongs to it
/// if it is undamaged, names its segment and the segment's incarnation, has the next sequence number and the hash of
/// the record before it. The start of the next segment is asked first: what an earlier recovery cut off behind the last
/// record before it never comes back, even if it becomes readable again.
/// </remarks>
internal sealed class LogScan(IDisk disk, LogRecoveryPoint point)
{
    private readonly List<long> _numbers = [];
    private readonly List<LogExtent> _writes = [];
    private SequenceNumber _watermark;
    private string _endFile = LogSegmentName.Of(1);
    private int _endOffset;
    private string _found = "no segment";

    /// <summary>Numbers of all segment files, ascending.</summary>
    public IReadOnlyList<long> Numbers => _numbers;

    /// <summary>The segments of the chain.</summary>
    public List<LogSegment> Chain { get; } = [];

    public List<LogTruncation> Truncations { get; } = [];

    public LogTail Tail { get; private set; } = LogTail.Empty;

    /// <summary>
    /// Blocks whose records no watermark proves durable: an earlier process may have died between write and sync, so
    /// that only the page cache holds them.
    /// </summary>
    public IReadOnlyList<LogExtent> Unproven => _writes;

    /// <summary>
    /// What the last segment's start continued. A last segment that holds nothing else is begun anew, so that a process
    /// that dies again and again while starting does not use up a segment each time.
    /// </summary>
    public LogTail TailBeforeLastSegment { get; private set; }

    /// <summary>Records behind the end survived that had been in flight, or may have.</summary>
    public bool HasLeftovers { get; private set; }

    /// <summary>What a clean stop says would have followed (<see cref="LogEnd"/>); null when nothing does.</summary>
    public LogRecordHeader? Following { get; init; }

    public LogDamage? Run()
    {
        foreach (string name in disk.List())
        {
            if (LogSegmentName.TryParse(name, out long number))
            {
                _numbers.Add(number);
            }
        }

        // List is in ordinal order, and names of 16 digits sort as numbers.
        int first = FindFirst();
        if (first >= 0)
        {
            Follow(first);
        }

        return FindMissingBeforeEnd() ?? FindLaterWatermark() ?? FindMissingApplied();
    }

    /// <summary>Everything before what a clean stop left was durable.</summary>
    private LogDamage? FindMissingBeforeEnd() => Following is not { } following || Tail.Next >= following.Sequence
        ? null
        : Damage(Expected(), $"{_found}; {LogEnd.FileName} says that the log goes on to sequence {following.Sequence}");

    /// <summary>The start record of a segment, if undamaged.</summary>
    public static bool TryReadStart(LogReader reader, out LogRecordHeader header, out SegmentStart start)
    {
        start = default;
        if (!reader.TryRead(0, out header, out ReadOnlySpan<byte> record)
            || header.Kind != LogRecordKind.SegmentStart || !header.EndsBlock)
        {
            return false;
        }

        start = SegmentStart.ReadFrom(record[LogFormat.HeaderBytes..]);
        return true;
    }

    private int FindFirst()
    {
        for (int position = _numbers.Count - 1; position >= 0; position--)
        {
            using var reader = new LogReader(disk, _numbers[position]);
            if (TryReadStart(reader, out LogRecordHeader header, out SegmentStart start)
                && start.IndexMaxBefore <= point.OlderApplied)
            {
                Tail = new LogTail
                {
                    Next = header.Sequence,
                    Hash = header.PreviousHash,
                    Index = header.Index,
                    Term = header.Term,
                    IndexMax = start.IndexMaxBefore,
                    HardState = start.HardState,
                };
                return position;
            }
        }

        return -1;
    }

    private void Follow(int position)
    {
        bool goesOn = true;
        while (goesOn && position < _numbers.Count)
        {
            LogRecordHeader? next = position + 1 < _numbers.Count ? StartOf(_numbers[position + 1]) : null;
            using var reader = new LogReader(disk, _numbers[position]);
            goesOn = FollowSegment(reader, _numbers[position], next);
            position++;
        }
    }

    private LogRecordHeader? StartOf(long number)
    {
        using var reader = new LogReader(disk, number);
        return TryReadStart(reader, out LogRecordHeader header, out _) ? header : null;
    }

    /// <summary>True if the chain reaches the next segment's start, which then has to fit.</summary>
    private bool FollowSegment(LogReader reader, long number, LogRecordHeader? nextStart)
    {
        LogTail before = Tail;
        ulong incarnation = 0;
        int offset = 0;
        while (offset == 0 || nextStart is not { } next || !Tail.IsContinuedBy(next))
        {
            if (!TryAccept(reader, offset, ref incarnation, out LogRecordHeader header))
            {
                // A start that does not fit leaves the end where the segment before it ended.
                if (offset > 0 || Chain.Count == 0)
                {
                    (_endFile, _endOffset, _found) = (LogSegmentName.Of(number), offset, reader.Fault);
                }

                return offset > 0 && offset + LogFormat.HeaderBytes > reader.Length;
            }

            if (offset == 0)
            {
                Chain.Add(new LogSegment(number, header.Sequence, before.IndexMax, reader.Length));
                TailBeforeLastSegment = before;
            }

            int end = header.NextOffset(offset);
            NoteRecord(new LogExtent(number, offset, end, header.Sequence));
            offset = end;
        }

        (_endFile, _endOffset, _found) = (LogSegmentName.Of(number), offset, "the next segment's start");
        return true;
    }

    private bool TryAccept(LogReader reader, int offset, ref ulong incarnation, out LogRecordHeader header)
    {
        if (!reader.TryRead(offset, out header, out ReadOnlySpan<byte> record))
        {
            return false;
        }

        bool start = header.Kind == LogRecordKind.SegmentStart;
        if (!Tail.IsContinuedBy(header) || start != (offset == 0) || (!start && header.Incarnation != incarnation))
        {
            reader.Fault = $"a record that does not continue the chain, sequence {header.Sequence}";
            return false;
        }

        incarnation = header.Incarnation;
        ReadOnlySpan<byte> payload = record[LogFormat.HeaderBytes..];
        if (header.Kind == LogRecordKind.Entry && header.Index <= Tail.Index)
        {
            Truncations.Add(new LogTruncation(header.Sequence, header.Index));
        }

        Tail = Tail.After(header, LogRecordHeader.Hash(record, payload), payload);
        _watermark = header.Watermark > _watermark ? header.Watermark : _watermark;
        return true;
    }

    /// <summary>Keeps the writes that are not proven yet: as many as were in flight, and one.</summary>
    private void NoteRecord(LogExtent record)
    {
        bool beginsWrite = record.Offset % LogOptions.BlockBytes == 0;
        if (beginsWrite || _writes.Count == 0)
        {
            _writes.Add(record with { Offset = record.Offset & -LogOptions.BlockBytes });
        }
        else
        {
            _writes[^1] = record with { Offset = _writes[^1].Offset };
        }

        _writes.RemoveAll(write => write.Last <= _watermark);
    }

    /// <summary>
    /// Searches everything behind the end for records that were submitted when the missing one was already durable.
    /// </summary>
    private LogDamage? FindLaterWatermark()
    {
        if (Following is { } following && Tail.IsContinuedBy(following))
        {
            // The process before knew that nothing was in flight. What lies behind from earlier ones was not looked at.
            HasLeftovers = true;
            return null;
        }

        foreach (long number in _numbers)
        {
            bool last = Chain.Count > 0 && number == Chain[^1].Number;
            if (Chain.Count > 0 && number < Chain[^1].Number)
            {
                continue;
            }

            using var reader = new LogReader(disk, number);
            ulong? incarnation = TryReadStart(reader, out LogRecordHeader start, out _) ? start.Incarnation : null;
            for (int block = last ? LogFormat.AlignBlock(_endOffset) : 0;
                block + LogFormat.HeaderBytes <= reader.Length;
                block += LogOptions.BlockBytes)
            {
                if (FindProof(reader, block, incarnation) is { } proof)
                {
                    return Damage(Expected(), string.Create(
                        CultureInfo.InvariantCulture,
                        $"{_found}; {LogSegmentName.Of(number)} at {block} says it was durable: {proof}"));
                }
            }
        }

        return null;
    }

    private string? FindProof(LogReader reader, int offset, ulong? incarnation)
    {
        while (reader.TryRead(offset, out LogRecordHeader header, out _)
            && (incarnation is null || header.Incarnation == incarnation))
        {
            HasLeftovers |= header.Sequence > Tail.Next;
            if (header.Sequence > Tail.Next && header.Watermark >= Tail.Next)
            {
                return $"sequence {header.Sequence}, watermark {header.Watermark}";
            }

            if (header.EndsBlock)
            {
                break;
            }

            offset = header.NextOffset(offset);
        }

        return null;
    }

    private LogDamage? FindMissingApplied() => Tail.Index >= point.NewestApplied
        ? null
        : Damage(Expected(), $"{_found}; the log ends at index {Tail.Index}, a root has applied {point.NewestApplied}");

    private string Expected() => Chain.Count == 0
        ? $"a segment that begins at or below index {point.OlderApplied}"
        : $"the record behind index {Tail.Index}, term {Tail.Term}";

    private LogDamage Damage(string expected, string found) =>
        new(_endFile, _endOffset, Tail.Next, expected, found);
}
