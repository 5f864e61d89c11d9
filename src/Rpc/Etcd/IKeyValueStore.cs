using Keelson.Base.Identity;

namespace Keelson.Rpc.Etcd;

/// <summary>
/// etcd's verbs as methods: over the network (<see cref="Client.EtcdClient"/>) or in the same process. Failures are
/// statuses with etcd's texts (<see cref="EtcdErrors"/>). A write that ends in Unavailable, DeadlineExceeded or
/// Canceled may have happened.
/// </summary>
public interface IKeyValueStore
{
    ValueTask<RpcResult<RangeResult>> RangeAsync(RangeQuery query, CancellationToken cancellationToken);

    ValueTask<RpcResult<PutResult>> PutAsync(PutCommand command, CancellationToken cancellationToken);

    ValueTask<RpcResult<DeleteRangeResult>> DeleteRangeAsync(
        DeleteRangeCommand command, CancellationToken cancellationToken);

    ValueTask<RpcResult<TxnResult>> TxnAsync(TxnCommand command, CancellationToken cancellationToken);

    /// <summary>Forgets what is older than <paramref name="revision"/>.</summary>
    ValueTask<RpcStatus> CompactAsync(Revision revision, CancellationToken cancellationToken);

    /// <summary>
    /// Every change in the range, in order, none left out; ends after a batch with <see cref="WatchBatch.End"/>. Does
    /// not reconnect: the caller starts anew behind the last revision it saw.
    /// </summary>
    IAsyncEnumerable<WatchBatch> WatchAsync(WatchQuery query, CancellationToken cancellationToken);

    /// <summary>A lease of 0 lets the server choose.</summary>
    ValueTask<RpcResult<LeaseResult>> LeaseGrantAsync(
        LeaseId lease, long ttlSeconds, CancellationToken cancellationToken);

    ValueTask<RpcStatus> LeaseRevokeAsync(LeaseId lease, CancellationToken cancellationToken);

    /// <summary>Renews once.</summary>
    ValueTask<RpcResult<LeaseResult>> LeaseKeepAliveAsync(LeaseId lease, CancellationToken cancellationToken);

    ValueTask<RpcResult<LeaseResult>> LeaseTimeToLiveAsync(
        LeaseId lease, bool withKeys, CancellationToken cancellationToken);
}
