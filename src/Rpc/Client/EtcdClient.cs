using System.Runtime.CompilerServices;
using Google.Protobuf;
using Keelson.Base.Identity;
using Keelson.Rpc.Etcd;

namespace Keelson.Rpc.Client;

/// <summary>
/// etcd's verbs over a channel, with clientv3's retry rules: reads again whenever the server is unavailable, writes
/// only when they provably never left.
/// </summary>
public sealed class EtcdClient : IKeyValueStore
{
    private const string KeyValueService = "/etcdserverpb.KV/";
    private const string LeaseService = "/etcdserverpb.Lease/";
    private const string WatchMethod = "/etcdserverpb.Watch/Watch";

    private readonly RpcChannel _channel;
    private readonly RpcCallOptions _read;
    private readonly RpcCallOptions _write;

    /// <param name="channel">Owned by the caller.</param>
    /// <param name="options">Timeout and metadata (e.g. <c>token</c>) of every call; null for none.</param>
    public EtcdClient(RpcChannel channel, RpcCallOptions? options = null)
    {
        _channel = channel;
        RpcCallOptions common = options ?? RpcCallOptions.None;
        _read = common with { Retry = RetryRule.IfUnavailable };
        _write = common with { Retry = RetryRule.IfNeverSent };
    }

    public async ValueTask<RpcResult<RangeResult>> RangeAsync(RangeQuery query, CancellationToken cancellationToken) =>
        Map(
            await _channel.CallAsync(
                KeyValueService + "Range",
                MessageMapping.ToMessage(query),
                RangeResponse.Parser,
                _read,
                cancellationToken),
            MessageMapping.FromMessage);

    public async ValueTask<RpcResult<PutResult>> PutAsync(PutCommand command, CancellationToken cancellationToken) =>
        Map(
            await WriteAsync(
                KeyValueService + "Put", MessageMapping.ToMessage(command), PutResponse.Parser, cancellationToken),
            MessageMapping.FromMessage);

    public async ValueTask<RpcResult<DeleteRangeResult>> DeleteRangeAsync(
        DeleteRangeCommand command, CancellationToken cancellationToken) =>
        Map(
            await WriteAsync(
                KeyValueService + "DeleteRange",
                MessageMapping.ToMessage(command),
                DeleteRangeResponse.Parser,
                cancellationToken),
            MessageMapping.FromMessage);

    public async ValueTask<RpcResult<TxnResult>> TxnAsync(TxnCommand command, CancellationToken cancellationToken) =>
        Map(
            await WriteAsync(
                KeyValueService + "Txn", MessageMapping.ToMessage(command), TxnResponse.Parser, cancellationToken),
            MessageMapping.FromMessage);

    public async ValueTask<RpcStatus> CompactAsync(Revision revision, CancellationToken cancellationToken)
    {
        var request = new CompactionRequest { Revision = revision.Value };
        return (await WriteAsync(
            KeyValueService + "Compact", request, CompactionResponse.Parser, cancellationToken)).Status;
    }

    public async IAsyncEnumerable<WatchBatch> WatchAsync(
        WatchQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A watch lives as long as its reader: the timeout of single calls is not for it.
        await using RpcClientStream stream =
            _channel.OpenStream(WatchMethod, _read with { Timeout = null }, cancellationToken);
        await stream.SendAsync(MessageMapping.ToMessage(query));
        while (true)
        {
            (RpcStatus fault, WatchResponse? response) = await stream.ReadAsync(WatchResponse.Parser);
            if (response is null)
            {
                RpcStatus end = fault.IsOK ? stream.Status ?? RpcStatus.Canceled : fault;
                yield return new WatchBatch(default, []) { End = end };
                yield break;
            }

            yield return ToBatch(response);
            if (response.Canceled)
            {
                yield break;
            }
        }
    }

    public async ValueTask<RpcResult<LeaseResult>> LeaseGrantAsync(
        LeaseId lease, long ttlSeconds, CancellationToken cancellationToken)
    {
        var request = new LeaseGrantRequest { ID = lease.Value, TTL = ttlSeconds };
        return Map(
            await WriteAsync(LeaseService + "LeaseGrant", request, LeaseGrantResponse.Parser, cancellationToken),
            static response => new LeaseResult(
                MessageMapping.FromMessage(response.Header), new LeaseId(response.ID), response.TTL));
    }

    public async ValueTask<RpcStatus> LeaseRevokeAsync(LeaseId lease, CancellationToken cancellationToken)
    {
        var request = new LeaseRevokeRequest { ID = lease.Value };
        return (await WriteAsync(
            LeaseService + "LeaseRevoke", request, LeaseRevokeResponse.Parser, cancellationToken)).Status;
    }

    public async ValueTask<RpcResult<LeaseResult>> LeaseKeepAliveAsync(
        LeaseId lease, CancellationToken cancellationToken)
    {
        await using RpcClientStream stream =
            _channel.OpenStream(LeaseService + "LeaseKeepAlive", _read, cancellationToken);
        await stream.SendAsync(new LeaseKeepAliveRequest { ID = lease.Value });
        (RpcStatus fault, LeaseKeepAliveResponse? response) =
            await stream.ReadAsync(LeaseKeepAliveResponse.Parser);
        if (response is not null)
        {
            return new LeaseResult(
                MessageMapping.FromMessage(response.Header), new LeaseId(response.ID), response.TTL);
        }

        RpcStatus status = fault.IsOK ? stream.Status ?? RpcStatus.Canceled : fault;
        return status.IsOK ? EtcdErrors.LeaseNotFound : status;
    }

    public async ValueTask<RpcResult<LeaseResult>> LeaseTimeToLiveAsync(
        LeaseId lease, bool withKeys, CancellationToken cancellationToken)
    {
        var request = new LeaseTimeToLiveRequest { ID = lease.Value, Keys = withKeys };
        return Map(
            await _channel.CallAsync(
                LeaseService + "LeaseTimeToLive", request, LeaseTimeToLiveResponse.Parser, _read, cancellationToken),
            static response => new LeaseResult(
                MessageMapping.FromMessage(response.Header), new LeaseId(response.ID), response.TTL)
            {
                GrantedTtlSeconds = response.GrantedTTL,
                Keys = [.. response.Keys.Select(static key => key.Memory)],
            });
    }

    private static WatchBatch ToBatch(WatchResponse response)
    {
        RpcStatus? end = response switch
        {
            { Canceled: false } => null,
            { CompactRevision: > 0 } => EtcdErrors.Compacted,
            { CancelReason: { Length: > 0 } reason } => new RpcStatus(StatusCode.Canceled, reason),
            _ => EtcdErrors.WatchCanceled,
        };
        return new WatchBatch(
            MessageMapping.FromMessage(response.Header), [.. response.Events.Select(MessageMapping.FromMessage)])
        {
            End = end,
            CompactRevision = new Revision(response.CompactRevision),
        };
    }

    private static RpcResult<TResult> Map<TResponse, TResult>(
        RpcResult<TResponse> result, Func<TResponse, TResult> map)
        where TResponse : class
        where TResult : class =>
        result.IsOK ? map(result.Value) : result.Status;

    private ValueTask<RpcResult<TResponse>> WriteAsync<TRequest, TResponse>(
        string method, TRequest request, MessageParser<TResponse> parser, CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        _channel.CallAsync(method, request, parser, _write, cancellationToken);
}
