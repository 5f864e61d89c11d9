using Keelson.Base;
using Keelson.Base.Codec;

namespace Keelson.Store.Requests;

/// <summary>etcdserverpb.DeleteRangeRequest, read in place.</summary>
internal ref struct DeleteRangeRequest
{
    public ReadOnlySpan<byte> Key;
    public ReadOnlySpan<byte> RangeEnd;
    public bool PreviousKeyValues;

    public readonly KeyInterval Interval => new(Key, RangeEnd);

    /// <summary>Reads a message that was validated before.</summary>
    public static DeleteRangeRequest Parse(ReadOnlySpan<byte> message)
    {
        bool parsed = TryParse(message, out DeleteRangeRequest request);
        Invariant.Require(parsed);
        return request;
    }

    /// <summary>False when the message is malformed.</summary>
    public static bool TryParse(ReadOnlySpan<byte> message, out DeleteRangeRequest request)
    {
        request = default;
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    request.Key = reader.ReadBytes();
                    break;
                case 2:
                    request.RangeEnd = reader.ReadBytes();
                    break;
                case 3:
                    request.PreviousKeyValues = reader.ReadBool();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return !reader.Malformed;
    }
}
