namespace Keelson.Store.Requests;

/// <summary>
/// What etcd checks before a request is proposed (etcd 3.5, api/v3rpc/key.go), in etcd's order, so that a request with
/// several faults gets the same answer.
/// </summary>
internal static class RequestValidator
{
    public static StoreError CheckPut(ReadOnlySpan<byte> message)
    {
        if (!PutRequest.TryParse(message, out PutRequest request))
        {
            return StoreError.Malformed;
        }

        return request switch
        {
            { Key.IsEmpty: true } => StoreError.EmptyKey,
            { IgnoreValue: true, Value.IsEmpty: false } => StoreError.ValueProvided,
            { IgnoreLease: true, Lease: not 0 } => StoreError.LeaseProvided,
            _ => StoreError.None,
        };
    }

    public static StoreError CheckRange(ReadOnlySpan<byte> message)
    {
        if (!RangeRequest.TryParse(message, out RangeRequest request))
        {
            return StoreError.Malformed;
        }

        return CheckRange(request);
    }

    public static StoreError CheckRange(scoped in RangeRequest request)
    {
        if (request.Key.IsEmpty)
        {
            return StoreError.EmptyKey;
        }

        bool known = request.SortOrder is >= SortOrder.None and <= SortOrder.Descend
            && request.SortTarget is >= SortTarget.Key and <= SortTarget.Value;
        return known ? StoreError.None : StoreError.InvalidSortOption;
    }

    public static StoreError CheckDeleteRange(ReadOnlySpan<byte> message)
    {
        if (!DeleteRangeRequest.TryParse(message, out DeleteRangeRequest request))
        {
            return StoreError.Malformed;
        }

        return request.Key.IsEmpty ? StoreError.EmptyKey : StoreError.None;
    }

    public static StoreError CheckTxn(ReadOnlySpan<byte> message, RequestLimits limits)
    {
        StoreError error = CheckTxn(message, limits.TxnOperationsMax, RequestLimits.TxnDepthMax);
        error = error != StoreError.None ? error : TxnOverlap.Check(new TxnRequest(message));
        // etcd reads the whole message before it looks for faults: damage anywhere comes first.
        return error == StoreError.None || TxnShape.IsWellFormed(message) ? error : StoreError.Malformed;
    }

    /// <summary>True when the transaction only reads, un-nested: it is served without the log, as etcd does.</summary>
    public static bool IsReadOnly(TxnRequest txn) => OnlyRanges(txn.Success) && OnlyRanges(txn.Failure);

    /// <summary>
    /// True when every range of a transaction that only reads may be old (etcd 3.5: isTxnSerializable).
    /// </summary>
    public static bool IsSerializable(TxnRequest txn) =>
        OnlySerializable(txn.Success) && OnlySerializable(txn.Failure);

    private static StoreError CheckTxn(ReadOnlySpan<byte> message, int operationsLeft, int depthLeft)
    {
        var txn = new TxnRequest(message);
        if (depthLeft == 0 || !TryCount(message, out int operations))
        {
            return StoreError.Malformed;
        }

        if (operations > operationsLeft)
        {
            return StoreError.TooManyOperations;
        }

        StoreError error = CheckCompares(txn.Compares);
        // A nested transaction gets what its level leaves (etcd 3.5: checkTxnRequest passes maxTxnOps - opc down).
        error = error != StoreError.None ? error : CheckBranch(txn.Success, operationsLeft - operations, depthLeft - 1);
        return error != StoreError.None ? error : CheckBranch(txn.Failure, operationsLeft - operations, depthLeft - 1);
    }

    /// <summary>The largest of the three lists; false when the message is malformed.</summary>
    private static bool TryCount(ReadOnlySpan<byte> message, out int operations)
    {
        Span<int> counts = stackalloc int[4];
        var reader = new Base.Codec.ProtoReader(message);
        while (reader.Next())
        {
            if (reader.Field is >= 1 and <= 3)
            {
                counts[reader.Field]++;
                reader.ReadBytes();
            }
            else
            {
                reader.Skip();
            }
        }

        operations = Math.Max(counts[1], Math.Max(counts[2], counts[3]));
        return !reader.Malformed;
    }

    private static StoreError CheckCompares(RepeatedMessages compares)
    {
        foreach (ReadOnlySpan<byte> message in compares)
        {
            if (!Compare.TryParse(message, out Compare compare))
            {
                return StoreError.Malformed;
            }

            if (compare.Key.IsEmpty)
            {
                return StoreError.EmptyKey;
            }
        }

        return StoreError.None;
    }

    private static StoreError CheckBranch(RepeatedMessages operations, int operationsLeft, int depthLeft)
    {
        foreach (ReadOnlySpan<byte> message in operations)
        {
            if (!RequestOperation.TryParse(message, out RequestOperation operation)
                || (operation.HasLosers && !TxnShape.IsOperationWellFormed(message, depthLeft)))
            {
                return StoreError.Malformed;
            }

            StoreError error = operation.Kind switch
            {
                OperationKind.Range => CheckRange(operation.Request),
                OperationKind.Put => CheckPut(operation.Request),
                OperationKind.DeleteRange => CheckDeleteRange(operation.Request),
                OperationKind.Txn => CheckTxn(operation.Request, operationsLeft, depthLeft),
                _ => StoreError.KeyNotFound,
            };
            if (error != StoreError.None)
            {
                return error;
            }
        }

        return StoreError.None;
    }

    private static bool OnlySerializable(RepeatedMessages operations)
    {
        foreach (ReadOnlySpan<byte> message in operations)
        {
            if (!RequestOperation.TryParse(message, out RequestOperation operation)
                || !RangeRequest.TryParse(operation.Request, out RangeRequest range)
                || !range.Serializable)
            {
                return false;
            }
        }

        return true;
    }

    private static bool OnlyRanges(RepeatedMessages operations)
    {
        foreach (ReadOnlySpan<byte> message in operations)
        {
            if (!RequestOperation.TryParse(message, out RequestOperation operation)
                || operation.Kind != OperationKind.Range)
            {
                return false;
            }
        }

        return true;
    }
}
