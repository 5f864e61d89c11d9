using Keelson.Base.Codec;

namespace Keelson.Store.Requests;

/// <summary>
/// Whether a transaction can be read to its end: every compare, and every arm of every operation, those included that a
/// later arm replaces. What the fields say is not looked at.
/// </summary>
internal static class TxnShape
{
    public static bool IsWellFormed(ReadOnlySpan<byte> message) => IsWellFormed(message, RequestLimits.TxnDepthMax);

    /// <summary>One RequestOp, with at most so many levels of transactions in it.</summary>
    public static bool IsOperationWellFormed(ReadOnlySpan<byte> message, int depthLeft)
    {
        bool isWell = true;
        var reader = new ProtoReader(message);
        while (isWell && reader.Next())
        {
            var kind = (OperationKind)reader.Field;
            if (kind is < OperationKind.Range or > OperationKind.Txn)
            {
                reader.Skip();
                continue;
            }

            ReadOnlySpan<byte> request = reader.ReadBytes();
            isWell = kind switch
            {
                OperationKind.Range => RangeRequest.TryParse(request, out _),
                OperationKind.Put => PutRequest.TryParse(request, out _),
                OperationKind.DeleteRange => DeleteRangeRequest.TryParse(request, out _),
                _ => IsWellFormed(request, depthLeft),
            };
        }

        return isWell && !reader.Malformed;
    }

    private static bool IsWellFormed(ReadOnlySpan<byte> message, int depthLeft)
    {
        bool isWell = depthLeft > 0;
        var reader = new ProtoReader(message);
        while (isWell && reader.Next())
        {
            if (reader.Field is < 1 or > 3)
            {
                reader.Skip();
                continue;
            }

            bool isCompare = reader.Field == 1;
            ReadOnlySpan<byte> part = reader.ReadBytes();
            isWell = isCompare
                ? Compare.TryParse(part, out _)
                : IsOperationWellFormed(part, depthLeft - 1);
        }

        return isWell && !reader.Malformed;
    }
}
