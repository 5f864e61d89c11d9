namespace Keelson.Store.Requests;

/// <summary>
/// Refuses a transaction that could write one key twice: etcd 3.5's checkIntervals. Deletes of a level and of its
/// nested transactions against puts; puts against puts, except that then and else of one nested transaction exclude
/// each other. The request is validated before, so parsing cannot fail here.
/// </summary>
internal static class TxnOverlap
{
    public static StoreError Check(TxnRequest txn)
    {
        bool distinct = BranchIsDistinct(txn.Success) && BranchIsDistinct(txn.Failure);
        return distinct ? StoreError.None : StoreError.DuplicateKey;
    }

    private static bool BranchIsDistinct(RepeatedMessages operations) =>
        IsTrivial(operations) || new Branch().TryCollect(operations);

    /// <summary>One operation that is not a transaction cannot overlap: the common shape costs nothing.</summary>
    private static bool IsTrivial(RepeatedMessages operations)
    {
        int count = 0;
        foreach (ReadOnlySpan<byte> message in operations)
        {
            bool parsed = RequestOperation.TryParse(message, out RequestOperation operation);
            if (!parsed || operation.Kind == OperationKind.Txn || ++count > 1)
            {
                return false;
            }
        }

        return true;
    }

    private sealed class Branch
    {
        private readonly HashSet<string> _puts = new(StringComparer.Ordinal);
        private readonly DeletedKeys _deletes = new();

        public bool TryCollect(RepeatedMessages operations)
        {
            CollectDeletes(operations);
            return CollectNested(operations) && CollectPuts(operations);
        }

        private void CollectDeletes(RepeatedMessages operations)
        {
            foreach (ReadOnlySpan<byte> message in operations)
            {
                var operation = RequestOperation.Parse(message);
                if (operation.Kind == OperationKind.DeleteRange)
                {
                    var request = DeleteRangeRequest.Parse(operation.Request);
                    _deletes.Add(request.Key, request.RangeEnd);
                }
            }
        }

        private bool CollectNested(RepeatedMessages operations)
        {
            foreach (ReadOnlySpan<byte> message in operations)
            {
                var operation = RequestOperation.Parse(message);
                if (operation.Kind == OperationKind.Txn && !CollectNested(new TxnRequest(operation.Request)))
                {
                    return false;
                }
            }

            return true;
        }

        private bool CollectNested(TxnRequest txn)
        {
            var success = new Branch();
            var failure = new Branch();
            if (!success.TryCollect(txn.Success) || !failure.TryCollect(txn.Failure))
            {
                return false;
            }

            foreach (string key in success._puts)
            {
                if (!TryAddPut(key))
                {
                    return false;
                }
            }

            foreach (string key in failure._puts)
            {
                if (success._puts.Contains(key) ? IsDeleted(key) : !TryAddPut(key))
                {
                    return false;
                }
            }

            _deletes.AddAll(success._deletes);
            _deletes.AddAll(failure._deletes);
            return true;
        }

        private bool CollectPuts(RepeatedMessages operations)
        {
            foreach (ReadOnlySpan<byte> message in operations)
            {
                var operation = RequestOperation.Parse(message);
                if (operation.Kind == OperationKind.Put
                    && !TryAddPut(KeyText(PutRequest.Parse(operation.Request).Key)))
                {
                    return false;
                }
            }

            return true;
        }

        private bool TryAddPut(string key) => !IsDeleted(key) && _puts.Add(key);

        private bool IsDeleted(string key) =>
            !_deletes.IsEmpty && _deletes.Contains(System.Text.Encoding.Latin1.GetBytes(key));

        /// <summary>Latin-1 maps every byte to one character, so equal texts are equal keys.</summary>
        private static string KeyText(ReadOnlySpan<byte> key) => System.Text.Encoding.Latin1.GetString(key);
    }
}
