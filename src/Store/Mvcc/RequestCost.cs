using Keelson.Store.Requests;

namespace Keelson.Store.Mvcc;

/// <summary>
/// What a request may add to the store, as etcd's quota counts it (etcd 3.5, storage/quota.go). Unlike
/// <see cref="AlarmGuard"/>, which follows etcd's apply, puts of nested transactions count.
/// </summary>
internal static class RequestCost
{
    /// <summary>What etcd adds to a put's key and value.</summary>
    private const long PutOverheadBytes = 256;
    private const long LeaseBytes = 64;

    /// <summary>Bytes; 0 for whatever stores nothing that stays: deletions, compactions, renewals, alarms.</summary>
    public static long Of(RequestKind kind, ReadOnlySpan<byte> request) => kind switch
    {
        RequestKind.Put => OfPut(request),
        RequestKind.Txn => OfTxn(new TxnRequest(request)),
        RequestKind.LeaseGrant => LeaseBytes,
        _ => 0,
    };

    private static long OfPut(ReadOnlySpan<byte> message) =>
        PutRequest.TryParse(message, out PutRequest put) ? PutOverheadBytes + put.Key.Length + put.Value.Length : 0;

    /// <summary>The dearer of the two branches.</summary>
    private static long OfTxn(TxnRequest txn) => Math.Max(OfBranch(txn.Success), OfBranch(txn.Failure));

    private static long OfBranch(RepeatedMessages operations)
    {
        long cost = 0;
        foreach (ReadOnlySpan<byte> message in operations)
        {
            if (RequestOperation.TryParse(message, out RequestOperation operation))
            {
                cost += operation.Kind switch
                {
                    OperationKind.Put => OfPut(operation.Request),
                    OperationKind.Txn => OfTxn(new TxnRequest(operation.Request)),
                    _ => 0,
                };
            }
        }

        return cost;
    }
}
