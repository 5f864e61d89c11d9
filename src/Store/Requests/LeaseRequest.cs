using Keelson.Base.Codec;

namespace Keelson.Store.Requests;

/// <summary>
/// A lease request in the log. Grant has etcd's field numbers (TTL 1, ID 2); revoke and keep-alive carry the id alone
/// (field 1). A grant in the log always has its id chosen and its TTL raised, so that apply has nothing to decide.
/// </summary>
internal readonly record struct LeaseRequest(long Id, long TtlSeconds)
{
    /// <summary>False when the message is malformed.</summary>
    public static bool TryParseGrant(ReadOnlySpan<byte> message, out LeaseRequest request)
    {
        bool parsed = TryParse(message, out long first, out long second);
        request = new LeaseRequest(second, first);
        return parsed;
    }

    /// <summary>False when the message is malformed.</summary>
    public static bool TryParseId(ReadOnlySpan<byte> message, out LeaseRequest request)
    {
        bool parsed = TryParse(message, out long first, out _);
        request = new LeaseRequest(first, 0);
        return parsed;
    }

    private static bool TryParse(ReadOnlySpan<byte> message, out long first, out long second)
    {
        first = 0;
        second = 0;
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    first = reader.ReadInt64();
                    break;
                case 2:
                    second = reader.ReadInt64();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return !reader.Malformed;
    }
}
