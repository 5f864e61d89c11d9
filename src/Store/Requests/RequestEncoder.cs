using Keelson.Base.Codec;

namespace Keelson.Store.Requests;

/// <summary>Writes etcd's request messages from the embedding API's types.</summary>
internal static class RequestEncoder
{
    public static void Put(ProtoBuffer target, Bytes key, Bytes value, PutOptions? options)
    {
        target.Bytes(1, key.Span);
        target.Bytes(2, value.Span);
        target.Int64(3, options?.Lease.Value ?? 0);
        target.Bool(4, options?.ReturnPrevious ?? false);
    }

    public static void Range(ProtoBuffer target, RangeQuery query)
    {
        target.Bytes(1, query.Keys.Start.Span);
        target.Bytes(2, query.Keys.End.Span);
        target.Int64(3, query.Limit);
        target.Int64(4, query.Revision?.Value ?? 0);
        target.Bool(8, query.KeysOnly);
        target.Bool(9, query.CountOnly);
    }

    public static void DeleteRange(ProtoBuffer target, KeyRange keys)
    {
        target.Bytes(1, keys.Start.Span);
        target.Bytes(2, keys.End.Span);
    }

    public static void LeaseGrant(ProtoBuffer target, long id, long ttlSeconds)
    {
        target.Int64(1, ttlSeconds);
        target.Int64(2, id);
    }

    public static void LeaseId(ProtoBuffer target, long id) => target.Int64(1, id);

    public static void Compaction(ProtoBuffer target, long revision, bool physical)
    {
        target.Int64(1, revision);
        target.Bool(2, physical);
    }

    public static void Alarm(ProtoBuffer target, AlarmRequest request)
    {
        target.UInt64(1, (ulong)request.Action);
        target.UInt64(2, request.Member);
        target.UInt64(3, (ulong)request.Alarm);
    }
}
