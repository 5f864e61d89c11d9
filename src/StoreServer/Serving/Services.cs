using Google.Protobuf;
using Keelson.Rpc;
using Keelson.Rpc.Etcd;
using Keelson.Rpc.Server;
using Keelson.StoreServer.Metrics;
using Keelson.StoreServer.Verbs;

namespace Keelson.StoreServer.Serving;

/// <summary>Which verb answers which method. What is not here is answered with Unimplemented.</summary>
internal static class Services
{
    private const string KeyValues = "etcdserverpb.KV";
    private const string Leases = "etcdserverpb.Lease";
    private const string Cluster = "etcdserverpb.Cluster";
    private const string Maintenance = "etcdserverpb.Maintenance";

    public static void AddTo(Router router, ServedStore store, StoreMetrics metrics, ReadGates gates)
    {
        router.AddUnary(KeyValues, "Range", new RangeVerb(store, metrics, gates));
        router.AddServerStream(KeyValues, "RangeStream", new RangeStreamVerb(store, metrics));
        router.AddUnary(KeyValues, "Put", new PutVerb(store));
        router.AddUnary(KeyValues, "DeleteRange", new DeleteRangeVerb(store, gates));
        router.AddUnary(KeyValues, "Txn", new TxnVerb(store, metrics, gates));
        router.AddUnary(KeyValues, "Compact", new CompactVerb(store));
        router.AddBidiStream("etcdserverpb.Watch", "Watch", new WatchVerb(store));
        router.AddUnary(Leases, "LeaseGrant", new LeaseGrantVerb(store, metrics));
        router.AddUnary(Leases, "LeaseRevoke", new LeaseRevokeVerb(store));
        router.AddBidiStream(Leases, "LeaseKeepAlive", new LeaseKeepAliveVerb(store));
        router.AddUnary(Leases, "LeaseTimeToLive",
            new MessageUnaryHandler<LeaseTimeToLiveRequest, LeaseTimeToLiveResponse>(
                LeaseTimeToLiveRequest.Parser, (_, request) => LeaseTimeToLiveVerb.AnswerAsync(store, request)));
        Add(router, Leases, "LeaseLeases", LeaseLeasesRequest.Parser, _ => LeaseLeasesVerb.Answer(store));
        router.AddUnary(Cluster, "MemberList", new MessageUnaryHandler<MemberListRequest, MemberListResponse>(
            MemberListRequest.Parser, (_, request) => MemberListVerb.AnswerAsync(store, request)));
        Add(router, Maintenance, "Status", StatusRequest.Parser, _ => StatusVerb.Answer(store));
        router.AddUnary(Maintenance, "Alarm", new AlarmVerb(store));
        Add(router, Maintenance, "Defragment", DefragmentRequest.Parser, _ => DefragmentVerb.Answer(store));
        Add(router, Maintenance, "Hash", HashRequest.Parser, _ => HashVerb.Answer(store));
        router.AddUnary(Maintenance, "HashKV", new MessageUnaryHandler<HashKVRequest, HashKVResponse>(
            HashKVRequest.Parser, (call, request) => HashKVVerb.AnswerAsync(store, gates, call, request)));
        router.AddUnary(Maintenance, "MoveLeader", new MessageUnaryHandler<MoveLeaderRequest, MoveLeaderResponse>(
            MoveLeaderRequest.Parser, (_, request) => MoveLeaderVerb.AnswerAsync(store, request)));
        router.AddServerStream(Maintenance, "Snapshot", new SnapshotVerb(store, gates));
    }

    /// <summary>Adds a verb that answers at once with message objects.</summary>
    private static void Add<TRequest, TResponse>(
        Router router,
        string service,
        string method,
        MessageParser<TRequest> parser,
        Func<TRequest, RpcResult<TResponse>> answer)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        router.AddUnary(service, method, new MessageUnaryHandler<TRequest, TResponse>(
            parser, (_, request) => new ValueTask<RpcResult<TResponse>>(answer(request))));
}
