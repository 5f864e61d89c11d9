namespace Keelson.Store.Requests;

/// <summary>
/// How many keys an answer carries or gathers at most, from the request alone: what may be wide is measured before it
/// is read, the rest is not worth a look into the tree.
/// </summary>
internal static class AskedKeys
{
    public const long All = long.MaxValue;

    public static long Of(scoped in RangeRequest request)
    {
        if (request.CountOnly)
        {
            return 0;
        }

        bool gathersAll = request.Limit <= 0 || request.NeedsSorting || request.HasRevisionFilter;
        return request.RangeEnd.IsEmpty ? 1 : gathersAll ? All : request.Limit;
    }

    public static long Of(scoped in DeleteRangeRequest request) =>
        !request.PreviousKeyValues ? 0 : request.RangeEnd.IsEmpty ? 1 : All;

    /// <summary>The wider of the two branches of a validated transaction.</summary>
    public static long Of(TxnRequest txn) => Math.Max(OfBranch(txn.Success), OfBranch(txn.Failure));

    private static long OfBranch(RepeatedMessages operations)
    {
        long keys = 0;
        foreach (ReadOnlySpan<byte> message in operations)
        {
            long more = Of(RequestOperation.Parse(message));
            keys = more > All - keys ? All : keys + more;
        }

        return keys;
    }

    private static long Of(scoped in RequestOperation operation) => operation.Kind switch
    {
        OperationKind.Range => Of(RangeRequest.Parse(operation.Request)),
        OperationKind.DeleteRange => Of(DeleteRangeRequest.Parse(operation.Request)),
        OperationKind.Txn => Of(new TxnRequest(operation.Request)),
        _ => 1,
    };
}
