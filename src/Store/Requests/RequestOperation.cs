using Keelson.Base;
using Keelson.Base.Codec;

namespace Keelson.Store.Requests;

/// <summary>
/// etcdserverpb.RequestOp, read in place; of several arms the last one counts (protobuf's rule for unions).
/// </summary>
internal ref struct RequestOperation
{
    public OperationKind Kind;
    public ReadOnlySpan<byte> Request;

    /// <summary>There were arms before that do not count; they may be malformed.</summary>
    public bool HasLosers;

    /// <summary>Reads a message that was validated before.</summary>
    public static RequestOperation Parse(ReadOnlySpan<byte> message)
    {
        bool parsed = TryParse(message, out RequestOperation request);
        Invariant.Require(parsed);
        return request;
    }

    /// <summary>False when the message is malformed.</summary>
    public static bool TryParse(ReadOnlySpan<byte> message, out RequestOperation operation)
    {
        operation = default;
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (reader.Field is >= (int)OperationKind.Range and <= (int)OperationKind.Txn)
            {
                operation.HasLosers |= operation.Kind != default;
                operation.Kind = (OperationKind)reader.Field;
                operation.Request = reader.ReadBytes();
            }
            else
            {
                reader.Skip();
            }
        }

        return !reader.Malformed;
    }
}
