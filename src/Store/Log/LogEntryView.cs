using Keelson.Base.Identity;

namespace Keelson.Store.Log;

/// <summary>An entry to replay; its payload lives until the next read.</summary>
internal readonly ref struct LogEntryView(LogRecordHeader header, ReadOnlySpan<byte> payload)
{
    public LogIndex Index { get; } = header.Index;

    public Term Term { get; } = header.Term;

    public SequenceNumber Sequence { get; } = header.Sequence;

    public ReadOnlySpan<byte> Payload { get; } = payload;
}
