using Keelson.Base;
using Keelson.Base.Codec;
using Keelson.Base.Identity;

namespace Keelson.Store.Log;

/// <summary>
/// The writing end of the log. It performs no I/O: it collects records into a write, hands the write out, and is told
/// when it is durable. Owned by one thread, the commit loop.
/// </summary>
/// <remarks>
/// Invariants. Sequence numbers are dense. A write never spans segments and has its blocks to itself. At most
/// <see cref="LogOptions.WritesInFlightMax"/> writes are not yet part of the durable prefix, so that a record's
/// watermark is at most so many writes behind it; one more buffer collects the next write. The durable prefix grows in
/// the order of writes, whatever the order of completions.
/// </remarks>
internal sealed partial class LogAppender : IDisposable
{
    private readonly LogOptions _options;
    private readonly ulong _incarnation;
    private readonly Stack<LogWrite> _freeWrites = new(LogOptions.WritesInFlightMax + 1);
    private readonly Queue<LogWrite> _inFlight = new(LogOptions.WritesInFlightMax);
    private LogTail _tail;
    private LogWrite? _staged;
    private LogRecordHeader _open;
    private int _openOffset = -1;
    private int _offset;
    private string _segmentName = "";
    private SequenceNumber _lastMeaningful;
    private SequenceNumber _startToProve;
    private SequenceNumber _proven;

    public LogAppender(LogOptions options, ulong incarnation, LogTail tail, IReadOnlyList<LogSegment> segments)
    {
        options.Check();
        _options = options;
        _incarnation = incarnation;
        _tail = tail;
        _segments.AddRange(segments);
        Durable = new LogDurable(new SequenceNumber(tail.Next.Value - 1), tail.Index, tail.Term);
        for (int count = 0; count <= LogOptions.WritesInFlightMax; count++)
        {
            _freeWrites.Push(new LogWrite());
        }
    }

    /// <summary>The end of the durable prefix.</summary>
    public LogDurable Durable { get; private set; }

    /// <summary>The last entry staged.</summary>
    public LogIndex LastIndex => _tail.Index;

    public Term LastTerm => _tail.Term;

    public HardState HardState => _tail.HardState;

    /// <summary>The last record staged.</summary>
    public SequenceNumber LastSequence => new(_tail.Next.Value - 1);

    /// <summary>Bytes staged and not handed out.</summary>
    public int StagedBytes => _staged?.Length ?? 0;

    /// <summary>Nothing is staged or in flight.</summary>
    public bool IsQuiet => _staged is null && _inFlight.Count == 0;

    /// <summary>Told where each entry goes; null when nobody reads entries back.</summary>
    public LogPlaces? Places { get; set; }

    /// <summary>The header of the record that would come next; nothing is staged or in flight.</summary>
    public LogRecordHeader Following
    {
        get
        {
            Invariant.Require(IsQuiet);
            return new LogRecordHeader
            {
                Kind = LogRecordKind.Watermark,
                PayloadChecksum = Crc32C.Compute([]),
                Sequence = _tail.Next,
                Segment = CurrentSegment.Number,
                Incarnation = _incarnation,
                Index = _tail.Index,
                Term = _tail.Term,
                PreviousHash = _tail.Hash,
                Watermark = Durable.Sequence,
            };
        }
    }

    public int SegmentBytes => _options.SegmentBytes;

    public int WritesInFlight => _inFlight.Count;

    /// <summary>Something is staged and may be handed out now.</summary>
    public bool CanTakeWrite => _staged is not null && _inFlight.Count < LogOptions.WritesInFlightMax;

    /// <summary>
    /// The log is idle and its last records are not yet proven durable: stage a watermark, so that later damage to them
    /// is not taken for a torn tail.
    /// </summary>
    public bool NeedsWatermark =>
        IsQuiet && (_lastMeaningful > _proven || _startToProve > _proven);

    /// <summary>
    /// Whether a record with this payload can be staged now. If not: take the staged write first, or wait for the
    /// preparation of the next segment (see <see cref="TakeSegmentWork"/>).
    /// </summary>
    public bool HasRoom(int payloadBytes)
    {
        Invariant.Require(payloadBytes <= _options.PayloadBytesMax);
        int record = LogFormat.AlignRecord(LogFormat.HeaderBytes + payloadBytes);
        if (_staged is null)
        {
            return FitsSegment(record) || _ready.Count > 0;
        }

        return FitsSegment(_staged.Length + record) && _staged.Length + record <= LogOptions.WriteBytesMax;
    }

    /// <summary>
    /// Adds an entry; its payload is copied. An index at or below the last one truncates the log there.
    /// </summary>
    /// <param name="index">Its place; at most one behind the last.</param>
    /// <param name="term">Its term.</param>
    /// <param name="payload">Opaque here.</param>
    /// <param name="isConfiguration">It is no batch, but changes who decides.</param>
    public void Stage(LogIndex index, Term term, ReadOnlySpan<byte> payload, bool isConfiguration = false)
    {
        Invariant.Require(HasRoom(payload.Length));
        Invariant.Require(_tail.Accepts(index));
        StageRecord(LogRecordKind.Entry, index, term, payload);
        _open = _open with { Flags = isConfiguration ? LogFormat.FlagConfiguration : (byte)0 };
        Places?.Add(index, new LogPlace(_staged!.Segment, (int)_staged.Offset + _openOffset));
    }

    /// <summary>Adds a change of term or vote, durable with its write.</summary>
    public void StageHardState(HardState state)
    {
        Invariant.Require(HasRoom(LogFormat.HardStateBytes));
        Span<byte> payload = stackalloc byte[LogFormat.HardStateBytes];
        state.WriteTo(payload);
        StageRecord(LogRecordKind.HardState, _tail.Index, _tail.Term, payload);
    }

    /// <summary>Adds a record that only proves the ones before it; see <see cref="NeedsWatermark"/>.</summary>
    public void StageWatermark()
    {
        Invariant.Require(HasRoom(0));
        StageRecord(LogRecordKind.Watermark, _tail.Index, _tail.Term, []);
    }

    /// <summary>Hands out what is staged: write its bytes durably, then call <see cref="Complete"/>.</summary>
    public LogWrite TakeWrite()
    {
        Invariant.Require(CanTakeWrite);
        LogWrite write = _staged!;
        Seal(LogFormat.FlagEndsBlock);
        write.PadTo((write.Length + _options.SectorBytes - 1) & -_options.SectorBytes);
        write.Last = new LogDurable(new SequenceNumber(_tail.Next.Value - 1), _tail.Index, _tail.Term);
        write.Watermark = Durable.Sequence;
        _offset += LogFormat.AlignBlock(write.Length);
        _staged = null;
        _inFlight.Enqueue(write);
        return write;
    }

    /// <summary>
    /// The write is durable. Any order is allowed; the answer is the end of the durable prefix, which is all that may
    /// be acknowledged.
    /// </summary>
    public LogDurable Complete(LogWrite write)
    {
        Invariant.Require(!write.Completed && _inFlight.Contains(write));
        write.Completed = true;
        while (_inFlight.TryPeek(out LogWrite? oldest) && oldest.Completed)
        {
            _inFlight.Dequeue();
            Durable = oldest.Last;
            _proven = oldest.Watermark > _proven ? oldest.Watermark : _proven;
            oldest.ReleaseLargeBuffer();
            _freeWrites.Push(oldest);
        }

        return Durable;
    }

    /// <summary>Frees all buffers; nobody may be writing any more.</summary>
    public void Dispose()
    {
        foreach (LogWrite write in _freeWrites.Concat(_inFlight))
        {
            write.Free();
        }

        _staged?.Free();
        _staged = null;
        _freeWrites.Clear();
        _inFlight.Clear();
    }

    private bool FitsSegment(int bytes) => _segmentName.Length > 0 && _offset + bytes <= _options.SegmentBytes;

    private void StageRecord(LogRecordKind kind, LogIndex index, Term term, ReadOnlySpan<byte> payload)
    {
        if (_staged is null)
        {
            BeginWrite(LogFormat.AlignRecord(LogFormat.HeaderBytes + payload.Length));
        }

        Append(kind, index, term, payload);
    }

    private void BeginWrite(int recordBytes)
    {
        _staged = _freeWrites.Pop();
        if (FitsSegment(recordBytes))
        {
            _staged.Begin(CurrentSegment.Number, _segmentName, _offset);
        }
        else
        {
            BeginSegment(_staged);
        }
    }

    private void Append(LogRecordKind kind, LogIndex index, Term term, ReadOnlySpan<byte> payload)
    {
        Seal(0);
        LogWrite write = _staged!;
        write.PadTo(LogFormat.AlignRecord(write.Length));
        _openOffset = write.Length;
        write.Extend(LogFormat.HeaderBytes);
        payload.CopyTo(write.Extend(payload.Length));
        _open = new LogRecordHeader
        {
            Kind = kind,
            PayloadLength = payload.Length,
            PayloadChecksum = Crc32C.Compute(payload),
            Sequence = _tail.Next,
            Segment = write.Segment,
            Incarnation = _incarnation,
            Index = index,
            Term = term,
        };
        if (kind is LogRecordKind.Entry or LogRecordKind.HardState)
        {
            _lastMeaningful = _tail.Next;
        }

        // The hash follows when the record is sealed; nobody looks at it before.
        _tail = _tail.After(_open, 0, payload) with { Hash = _tail.Hash };
    }

    /// <summary>
    /// Completes the last record's header, once it is known whether another one follows in this write.
    /// </summary>
    private void Seal(byte flags)
    {
        if (_openOffset < 0)
        {
            return;
        }

        Span<byte> bytes = _staged!.Buffer[_openOffset..];
        LogRecordHeader header = _open with
        {
            Flags = (byte)(_open.Flags | flags),
            PreviousHash = _tail.Hash,
            Watermark = Durable.Sequence,
        };
        header.WriteTo(bytes);
        ReadOnlySpan<byte> payload = bytes.Slice(LogFormat.HeaderBytes, header.PayloadLength);
        _tail = _tail with { Hash = LogRecordHeader.Hash(bytes, payload) };
        _openOffset = -1;
    }
}
