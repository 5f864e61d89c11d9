using Keelson.Base.Identity;

namespace Keelson.Store.Log;

/// <summary>An entry to replay; its payload lives until the next read.</summary>
internal readonly ref struct LogEntryView(LogRecordHeader header, int offset, ReadOnlySpan<byte> payload)
{
    /// <summary>Where it is.</summary>
    public LogPlace Place { get; } = new(header.Segment, offset);

    /// <summary>It is no batch, but changes who decides.</summary>
    public bool IsConfiguration { get; } = header.IsConfiguration;

    public LogIndex Index { get; } = header.Index;

    public Term Term { get; } = header.Term;

    public SequenceNumber Sequence { get; } = header.Sequence;

    public ReadOnlySpan<byte> Payload { get; } = payload;
}
