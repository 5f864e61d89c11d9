using Keelson.Store.Requests;

namespace Keelson.Store.Mvcc;

/// <summary>
/// What raised alarms refuse: NOSPACE whatever stores more, CORRUPT everything but alarms, keep-alives and changes of
/// members (etcd 3.5, apply: applierV3Capped, applierV3Corrupt). Only the replicated alarm counts here, never this
/// member's own disk.
/// </summary>
internal static class AlarmGuard
{
    public static StoreError Check(AlarmFlags alarms, RequestKind kind, ReadOnlySpan<byte> request)
    {
        bool always = kind is RequestKind.Alarm or RequestKind.LeaseKeepAlive or RequestKind.Settings;
        if (alarms == AlarmFlags.None || always)
        {
            return StoreError.None;
        }

        if (alarms.HasFlag(AlarmFlags.Corrupt))
        {
            return StoreError.Corrupt;
        }

        bool stores = kind is RequestKind.Put or RequestKind.LeaseGrant
            || (kind == RequestKind.Txn && HasPut(new TxnRequest(request)));
        return stores ? StoreError.NoSpace : StoreError.None;
    }

    private static bool HasPut(TxnRequest txn) => HasPut(txn.Success) || HasPut(txn.Failure);

    /// <summary>Puts of a nested transaction do not count (etcd 3.5 to 3.8, quota.go: costTxn).</summary>
    private static bool HasPut(RepeatedMessages operations)
    {
        foreach (ReadOnlySpan<byte> message in operations)
        {
            if (RequestOperation.TryParse(message, out RequestOperation operation)
                && operation.Kind == OperationKind.Put)
            {
                return true;
            }
        }

        return false;
    }
}
