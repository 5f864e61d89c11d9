using System.Buffers.Binary;
using Keelson.Base.Identity;

namespace Keelson.Store.History;

/// <summary>
/// What a batch-end frame says: which log entry made the batch, when, and the hash over every outcome up to here.
/// </summary>
internal readonly record struct HistoryBatchEnd(
    LogIndex Index, Term Term, long ClusterTimeMilliseconds, ulong ChainHash)
{
    public void Write(Span<byte> payload)
    {
        BinaryPrimitives.WriteInt64LittleEndian(payload[HistoryFrameLayout.IndexOffset..], Index.Value);
        BinaryPrimitives.WriteInt64LittleEndian(payload[HistoryFrameLayout.TermOffset..], Term.Value);
        BinaryPrimitives.WriteInt64LittleEndian(
            payload[HistoryFrameLayout.ClusterTimeOffset..], ClusterTimeMilliseconds);
        BinaryPrimitives.WriteUInt64LittleEndian(payload[HistoryFrameLayout.ChainHashOffset..], ChainHash);
    }

    public static bool TryRead(HistoryFrame frame, out HistoryBatchEnd end)
    {
        ReadOnlySpan<byte> payload = frame.KeyValue;
        if (!frame.IsBatchEnd || payload.Length != HistoryFrameLayout.BatchEndBytes)
        {
            end = default;
            return false;
        }

        end = new HistoryBatchEnd(
            new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(payload[HistoryFrameLayout.IndexOffset..])),
            new Term(BinaryPrimitives.ReadInt64LittleEndian(payload[HistoryFrameLayout.TermOffset..])),
            BinaryPrimitives.ReadInt64LittleEndian(payload[HistoryFrameLayout.ClusterTimeOffset..]),
            BinaryPrimitives.ReadUInt64LittleEndian(payload[HistoryFrameLayout.ChainHashOffset..]));
        return true;
    }
}
