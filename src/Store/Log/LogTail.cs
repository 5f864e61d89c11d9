using Keelson.Base.Identity;

namespace Keelson.Store.Log;

/// <summary>The end of a chain of records: what the next record must continue.</summary>
internal readonly record struct LogTail
{
    /// <summary>The sequence number of the next record.</summary>
    public SequenceNumber Next { get; init; }

    /// <summary>The hash of the last record, 0 before the first.</summary>
    public ulong Hash { get; init; }

    /// <summary>The last entry, 0 before the first.</summary>
    public LogIndex Index { get; init; }

    public Term Term { get; init; }

    /// <summary>The highest index of any entry, truncated ones included.</summary>
    public LogIndex IndexMax { get; init; }

    public HardState HardState { get; init; }

    /// <summary>An empty log.</summary>
    public static LogTail Empty => new() { Next = new SequenceNumber(1) };

    /// <summary>An index may fall (Raft truncates by writing again) but never leaves a gap.</summary>
    public bool Accepts(LogIndex index) => index.Value >= 1 && index.Value <= Index.Value + 1;

    public bool IsContinuedBy(in LogRecordHeader header) =>
        header.Sequence == Next
        && header.PreviousHash == Hash
        && header.Watermark < header.Sequence
        && (header.Kind != LogRecordKind.Entry || Accepts(header.Index));

    public LogTail After(in LogRecordHeader header, ulong hash, ReadOnlySpan<byte> payload)
    {
        bool entry = header.Kind == LogRecordKind.Entry;
        return new LogTail
        {
            Next = new SequenceNumber(header.Sequence.Value + 1),
            Hash = hash,
            Index = header.Index,
            Term = header.Term,
            IndexMax = entry && header.Index > IndexMax ? header.Index : IndexMax,
            HardState = header.Kind switch
            {
                LogRecordKind.HardState => HardState.ReadFrom(payload),
                LogRecordKind.SegmentStart => SegmentStart.ReadFrom(payload).HardState,
                _ => HardState,
            },
        };
    }
}
