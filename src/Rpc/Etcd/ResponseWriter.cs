using Keelson.Base.Codec;

namespace Keelson.Rpc.Etcd;

/// <summary>
/// Writes the answers of the hot verbs field by field, without message objects. Each method appends its fields; the
/// order of calls is the order on the wire. Stored pairs go out as the bytes that the history keeps.
/// </summary>
public static class ResponseWriter
{
    private const int RangeKeyValues = 2;
    private const int RangeMore = 3;
    private const int RangeCount = 4;
    private const int PutPrevious = 2;
    private const int DeleteDeleted = 2;
    private const int DeletePrevious = 3;
    private const int TxnSucceeded = 2;
    private const int TxnResponses = 3;
    private const int KeepAliveId = 2;
    private const int KeepAliveTtl = 3;
    private const int SmallBytesMax = 2 * (1 + ProtoSize.VarintBytesMax);

    /// <summary>The header in front of any answer.</summary>
    public static void Header(IBufferWriter<byte> response, in AnswerHeader header)
    {
        var writer = new ProtoWriter(response.GetSpan(AnswerHeader.FieldBytesMax));
        header.WriteField(ref writer);
        response.Advance(writer.Position);
    }

    /// <summary>One pair of a RangeResponse, as encoded mvccpb.KeyValue.</summary>
    public static void RangeKeyValue(IBufferWriter<byte> response, ReadOnlySpan<byte> keyValue) =>
        Message(response, RangeKeyValues, keyValue);

    /// <summary>What follows the pairs of a RangeResponse.</summary>
    public static void RangeEnd(IBufferWriter<byte> response, bool more, long count)
    {
        var writer = new ProtoWriter(response.GetSpan(SmallBytesMax));
        writer.Bool(RangeMore, more);
        writer.Int64(RangeCount, count);
        response.Advance(writer.Position);
    }

    public static void PutPreviousKeyValue(IBufferWriter<byte> response, ReadOnlySpan<byte> keyValue) =>
        Message(response, PutPrevious, keyValue);

    public static void DeletedCount(IBufferWriter<byte> response, long deleted)
    {
        var writer = new ProtoWriter(response.GetSpan(SmallBytesMax));
        writer.Int64(DeleteDeleted, deleted);
        response.Advance(writer.Position);
    }

    public static void DeletedKeyValue(IBufferWriter<byte> response, ReadOnlySpan<byte> keyValue) =>
        Message(response, DeletePrevious, keyValue);

    public static void TxnOutcome(IBufferWriter<byte> response, bool succeeded)
    {
        var writer = new ProtoWriter(response.GetSpan(SmallBytesMax));
        writer.Bool(TxnSucceeded, succeeded);
        response.Advance(writer.Position);
    }

    /// <summary>One answer of a transaction, as encoded etcdserverpb.ResponseOp.</summary>
    public static void TxnResponse(IBufferWriter<byte> response, ReadOnlySpan<byte> responseOp) =>
        Message(response, TxnResponses, responseOp);

    /// <summary>A whole LeaseKeepAliveResponse. A TTL of 0 says that the lease is gone.</summary>
    public static void LeaseKeepAlive(
        IBufferWriter<byte> response, in AnswerHeader header, long leaseId, long ttlSeconds)
    {
        Header(response, header);
        var writer = new ProtoWriter(response.GetSpan(SmallBytesMax));
        writer.Int64(KeepAliveId, leaseId);
        writer.Int64(KeepAliveTtl, ttlSeconds);
        response.Advance(writer.Position);
    }

    /// <summary>A field with bytes of any length; the bytes may be empty and the field is still there.</summary>
    private static void Message(IBufferWriter<byte> response, int field, ReadOnlySpan<byte> bytes)
    {
        int size = ProtoSize.Message(field, bytes.Length);
        var writer = new ProtoWriter(response.GetSpan(size));
        writer.BeginMessage(field, bytes.Length);
        writer.Raw(bytes);
        response.Advance(size);
    }
}
