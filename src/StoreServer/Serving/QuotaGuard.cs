using Keelson.Base.Codec;
using Keelson.Store.Host;
using Keelson.Store.Mvcc;
using Keelson.Store.Requests;
using Keelson.StoreServer.Logging;
using Keelson.StoreServer.Membership;
using Microsoft.Extensions.Logging;

namespace Keelson.StoreServer.Serving;

/// <summary>
/// Refuses what would store more than the quota allows, and raises NOSPACE once. The quota is on live bytes and
/// history: etcd counts its file, so that freed space does not help there until somebody defragments.
/// </summary>
internal sealed class QuotaGuard
{
    /// <summary>What etcd adds to a put's key and value, and takes for a lease (etcd 3.5, storage/quota.go).</summary>
    private const long PutOverheadBytes = 256;
    private const long LeaseBytes = 64;

    private readonly long _quotaBytes;
    private readonly NodeIdentity _identity;
    private readonly ILogger _logger;

    /// <param name="quotaBytes">Zero when there is none.</param>
    /// <param name="identity">Whose alarm it is.</param>
    /// <param name="logger">Told when the alarm is raised.</param>
    public QuotaGuard(long quotaBytes, NodeIdentity identity, ILogger logger)
    {
        _quotaBytes = quotaBytes;
        _identity = identity;
        _logger = logger;
    }

    /// <summary>False when the request must be refused for lack of space.</summary>
    public ValueTask<bool> AdmitAsync(StoreEngine engine, RequestKind kind, ReadOnlyMemory<byte> request)
    {
        long used = engine.BytesInUse;
        bool mayStore = kind is RequestKind.Put or RequestKind.Txn or RequestKind.LeaseGrant;
        // The cost of a request is at most its bytes and the overhead of each operation; near the quota it is counted.
        return _quotaBytes == 0 || !mayStore || used + CostOf(kind, request.Span) <= _quotaBytes
            ? new ValueTask<bool>(true)
            : RaiseAsync(engine, used);
    }

    /// <summary>What etcd's quota counts for a request, in bytes.</summary>
    internal static long CostOf(RequestKind kind, ReadOnlySpan<byte> request) => kind switch
    {
        RequestKind.Put => PutCost(request),
        RequestKind.Txn => TxnCost(new TxnRequest(request)),
        RequestKind.LeaseGrant => LeaseBytes,
        _ => 0,
    };

    private static long PutCost(ReadOnlySpan<byte> message) =>
        PutRequest.TryParse(message, out PutRequest put) ? PutOverheadBytes + put.Key.Length + put.Value.Length : 0;

    /// <summary>The dearer of the two branches.</summary>
    private static long TxnCost(TxnRequest txn) => Math.Max(BranchCost(txn.Success), BranchCost(txn.Failure));

    private static long BranchCost(RepeatedMessages operations)
    {
        long cost = 0;
        foreach (ReadOnlySpan<byte> message in operations)
        {
            if (RequestOperation.TryParse(message, out RequestOperation operation))
            {
                cost += operation.Kind switch
                {
                    OperationKind.Put => PutCost(operation.Request),
                    OperationKind.Txn => TxnCost(new TxnRequest(operation.Request)),
                    _ => 0,
                };
            }
        }

        return cost;
    }

    private async ValueTask<bool> RaiseAsync(StoreEngine engine, long used)
    {
        if (engine.State.Alarms.HasFlag(AlarmFlags.NoSpace))
        {
            return false;
        }

        _logger.AlarmRaised("NOSPACE", used, _quotaBytes);
        var request = new ProtoBuffer();
        request.UInt64(1, (ulong)AlarmAction.Activate);
        request.UInt64(2, _identity.Member.Value);
        request.UInt64(3, (ulong)AlarmKind.NoSpace);
        // Whether or not the alarm came through: this request is refused, the next one tries again.
        await engine.ProposeAsync(RequestKind.Alarm, request.WrittenMemory, null);
        return false;
    }
}
