using Keelson.Base.Codec;

namespace Keelson.Bench.Load.Workloads;

/// <summary>The few facts that workloads check in etcd's replies.</summary>
internal readonly record struct EtcdReply
{
    /// <summary>The store's revision, from the header.</summary>
    public long Revision { get; private init; }

    /// <summary>Of a range: how many keys came.</summary>
    public int Keys { get; private init; }

    /// <summary>Of a range: how many there are; of a keep-alive: the lease's time to live.</summary>
    public long Count { get; private init; }

    /// <summary>Mod revision of the first key.</summary>
    public long ModRevision { get; private init; }

    public bool Succeeded { get; private init; }

    public static bool TryRange(ReadOnlySpan<byte> message, out EtcdReply reply)
    {
        long revision = 0;
        long count = 0;
        long modRevision = 0;
        int keys = 0;
        ProtoReader reader = new(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    revision = Number(reader.ReadBytes(), 3);
                    break;
                case 2:
                    ReadOnlySpan<byte> keyValue = reader.ReadBytes();
                    modRevision = keys++ == 0 ? Number(keyValue, 3) : modRevision;
                    break;
                case 4:
                    count = reader.ReadInt64();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        reply = new EtcdReply { Revision = revision, Keys = keys, Count = count, ModRevision = modRevision };
        return !reader.Malformed && revision > 0;
    }

    public static bool TryTxn(ReadOnlySpan<byte> message, out EtcdReply reply)
    {
        long revision = 0;
        bool succeeded = false;
        long modRevision = 0;
        ProtoReader reader = new(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    revision = Number(reader.ReadBytes(), 3);
                    break;
                case 2:
                    succeeded = reader.ReadBool();
                    break;
                case 3:
                    modRevision = RangeInside(reader.ReadBytes());
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        reply = new EtcdReply { Revision = revision, Succeeded = succeeded, ModRevision = modRevision };
        return !reader.Malformed && revision > 0;
    }

    /// <summary>Put, grant and compact answer with a header first.</summary>
    public static bool TryHeader(ReadOnlySpan<byte> message, out long revision)
    {
        ProtoReader reader = new(message);
        revision = reader.Next() && reader.Field == 1 ? Number(reader.ReadBytes(), 3) : 0;
        return revision > 0;
    }

    /// <summary>A varint field of a message; 0 when absent.</summary>
    public static long Number(ReadOnlySpan<byte> message, int field)
    {
        long value = 0;
        ProtoReader reader = new(message);
        while (reader.Next())
        {
            if (reader.Field == field)
            {
                value = reader.ReadInt64();
            }
            else
            {
                reader.Skip();
            }
        }

        return value;
    }

    private static long RangeInside(ReadOnlySpan<byte> response)
    {
        ProtoReader reader = new(response);
        if (!reader.Next() || reader.Field != 1)
        {
            return 0;
        }

        // The verdict is about the header, which is optional in here; only the key counts.
        TryRange(reader.ReadBytes(), out EtcdReply range);
        return range.ModRevision;
    }
}
