namespace Keelson.Simulation.Model;

/// <summary>What etcd refuses without looking at the store (etcd 3.5, api/v3rpc/key.go).</summary>
internal static class RequestRules
{
    private const int TxnOperationsMax = 128;

    public static EtcdError Check(Operation operation) => operation switch
    {
        Operation.Put put => CheckPut(put),
        Operation.DeleteRange delete => delete.Key.Length == 0 ? EtcdError.EmptyKey : EtcdError.None,
        Operation.Range range => CheckRange(range),
        Operation.Txn txn => CheckTxn(txn),
        _ => EtcdError.None,
    };

    private static EtcdError CheckPut(Operation.Put put) => put switch
    {
        { Key.Length: 0 } => EtcdError.EmptyKey,
        { IgnoreValue: true, Value.Length: > 0 } => EtcdError.ValueProvided,
        { IgnoreLease: true, Lease: not 0 } => EtcdError.LeaseProvided,
        _ => EtcdError.None,
    };

    private static EtcdError CheckRange(Operation.Range range)
    {
        if (range.Key.Length == 0)
        {
            return EtcdError.EmptyKey;
        }

        return Enum.IsDefined(range.Order) && Enum.IsDefined(range.Target)
            ? EtcdError.None
            : EtcdError.InvalidSortOption;
    }

    private static EtcdError CheckTxn(Operation.Txn txn)
    {
        EtcdError error = CheckShape(txn, TxnOperationsMax);
        if (error != EtcdError.None)
        {
            return error;
        }

        return new TxnKeys().TryAdd(txn.Success) && new TxnKeys().TryAdd(txn.Failure)
            ? EtcdError.None
            : EtcdError.DuplicateKey;
    }

    /// <summary>A nested transaction may be as large as its level leaves room for.</summary>
    private static EtcdError CheckShape(Operation.Txn txn, int operationsMax)
    {
        int largest = Math.Max(txn.Compares.Count, Math.Max(txn.Success.Count, txn.Failure.Count));
        if (largest > operationsMax)
        {
            return EtcdError.TooManyOperations;
        }

        if (txn.Compares.Any(compare => compare.Key.Length == 0))
        {
            return EtcdError.EmptyKey;
        }

        return txn.Success.Concat(txn.Failure)
            .Select(operation => operation switch
            {
                Operation.Nothing => EtcdError.KeyNotFound,
                Operation.Txn nested => CheckShape(nested, operationsMax - largest),
                _ => Check(operation),
            })
            .FirstOrDefault(error => error != EtcdError.None);
    }
}
