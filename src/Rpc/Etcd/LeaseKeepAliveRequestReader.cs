using Keelson.Base.Codec;
using Keelson.Base.Identity;

namespace Keelson.Rpc.Etcd;

/// <summary>Reads etcdserverpb.LeaseKeepAliveRequest without an object.</summary>
public static class LeaseKeepAliveRequestReader
{
    /// <summary>False when the message is malformed.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out LeaseId lease)
    {
        long id = 0;
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                id = reader.ReadInt64();
            }
            else
            {
                reader.Skip();
            }
        }

        lease = new LeaseId(id);
        return !reader.Malformed;
    }
}
