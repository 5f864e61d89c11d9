using Keelson.Base;
using Keelson.Base.Codec;

namespace Keelson.Store.Requests;

/// <summary>etcdserverpb.PutRequest, read in place.</summary>
internal ref struct PutRequest
{
    public ReadOnlySpan<byte> Key;
    public ReadOnlySpan<byte> Value;
    public long Lease;
    public bool PreviousKeyValue;
    public bool IgnoreValue;
    public bool IgnoreLease;

    /// <summary>Reads a message that was validated before.</summary>
    public static PutRequest Parse(ReadOnlySpan<byte> message)
    {
        bool parsed = TryParse(message, out PutRequest request);
        Invariant.Require(parsed);
        return request;
    }

    /// <summary>False when the message is malformed.</summary>
    public static bool TryParse(ReadOnlySpan<byte> message, out PutRequest request)
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
                    request.Value = reader.ReadBytes();
                    break;
                case 3:
                    request.Lease = reader.ReadInt64();
                    break;
                case 4:
                    request.PreviousKeyValue = reader.ReadBool();
                    break;
                case 5:
                    request.IgnoreValue = reader.ReadBool();
                    break;
                case 6:
                    request.IgnoreLease = reader.ReadBool();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return !reader.Malformed;
    }
}
