using Keelson.Base.Codec;

namespace Keelson.Bench.Load.Workloads;

/// <summary>etcd's request messages, written by field number (etcd v3 API, rpc.proto).</summary>
internal static class EtcdRequest
{
    /// <summary>Tags, lengths and numbers around key and value, generously.</summary>
    public const int OverheadBytesMax = 128;

    public static int PutBytes(int key, int value) => ProtoSize.Bytes(1, key) + ProtoSize.Bytes(2, value);

    public static void Put(ref ProtoWriter writer, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        writer.Bytes(1, key);
        writer.Bytes(2, value);
    }

    public static int Put(Span<byte> message, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        ProtoWriter writer = new(message);
        Put(ref writer, key, value);
        return writer.Position;
    }

    public static int Get(Span<byte> message, ReadOnlySpan<byte> key, bool serializable)
    {
        ProtoWriter writer = new(message);
        writer.Bytes(1, key);
        writer.Bool(7, serializable);
        return writer.Position;
    }

    /// <summary>A page from <paramref name="key"/> on; revision 0 is the newest.</summary>
    public static int List(Span<byte> message, ReadOnlySpan<byte> key, ReadOnlySpan<byte> end, Page page)
    {
        ProtoWriter writer = new(message);
        writer.Bytes(1, key);
        writer.Bytes(2, end);
        writer.Int64(3, page.Limit);
        writer.Int64(4, page.Revision);
        writer.Bool(9, page.CountOnly);
        return writer.Position;
    }

    /// <summary>Kubernetes' write: if mod_revision is as expected then put, else get.</summary>
    public static int GuardedPut(
        Span<byte> message, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long modRevision)
    {
        const int modTarget = 2;
        // The revision is a oneof member: it is written even when zero.
        int compare = ProtoSize.UInt64(2, modTarget) + ProtoSize.Bytes(3, key.Length)
            + ProtoSize.Tag(6) + ProtoSize.Varint((ulong)modRevision);
        int put = PutBytes(key.Length, value.Length);
        int range = ProtoSize.Bytes(1, key.Length);

        ProtoWriter writer = new(message);
        writer.BeginMessage(1, compare);
        writer.UInt64(2, modTarget);
        writer.Bytes(3, key);
        writer.Tag(6, WireType.Varint);
        writer.Varint((ulong)modRevision);
        writer.BeginMessage(2, ProtoSize.Message(2, put));
        writer.BeginMessage(2, put);
        Put(ref writer, key, value);
        writer.BeginMessage(3, ProtoSize.Message(1, range));
        writer.BeginMessage(1, range);
        writer.Bytes(1, key);
        return writer.Position;
    }

    public static int Watch(Span<byte> message, ReadOnlySpan<byte> key, ReadOnlySpan<byte> end)
    {
        ProtoWriter writer = new(message);
        writer.BeginMessage(1, ProtoSize.Bytes(1, key.Length) + ProtoSize.Bytes(2, end.Length));
        writer.Bytes(1, key);
        writer.Bytes(2, end);
        return writer.Position;
    }

    /// <summary>A request of one number and perhaps a second: grant (TTL, id), keep alive (id), compact.</summary>
    public static int Numbers(Span<byte> message, long first, long second = 0)
    {
        ProtoWriter writer = new(message);
        writer.Int64(1, first);
        writer.Int64(2, second);
        return writer.Position;
    }
}
