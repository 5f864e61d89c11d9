using Keelson.Base.Identity;

namespace Keelson.Store.History;

/// <summary>One frame of the history, a view of bytes that live as long as the reader's epoch pin.</summary>
internal readonly ref struct HistoryFrame(ReadOnlySpan<byte> bytes)
{
    /// <summary>The whole frame, header included.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    public ChangeRevision Revision => HistoryFrameLayout.Revision(Bytes);

    public HistoryFlags Flags => HistoryFrameLayout.Flags(Bytes);

    public bool IsTombstone => (Flags & HistoryFlags.Tombstone) != 0;

    public bool IsBatchEnd => (Flags & HistoryFlags.BatchEnd) != 0;

    /// <summary>The encoded mvccpb.KeyValue; for a batch end its payload.</summary>
    public ReadOnlySpan<byte> KeyValue => Bytes[HistoryFrameLayout.HeaderBytes..];
}
