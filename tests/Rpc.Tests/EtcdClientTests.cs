using Google.Protobuf;
using Keelson.Base.Identity;
using Keelson.Rpc.Client;
using Keelson.Rpc.Etcd;
using Keelson.Rpc.Server;

namespace Keelson.Rpc.Tests;

/// <summary>etcd's verbs as methods against a server that shows what reached it and answers from a script.</summary>
public sealed class EtcdClientTests
{
    private static readonly ResponseHeader AnyHeader =
        new() { ClusterId = 1, MemberId = 2, Revision = 30, RaftTerm = 4 };

    private static readonly KeyValue AnyPair = new()
    {
        Key = ByteString.CopyFromUtf8("a"),
        Value = ByteString.CopyFromUtf8("v"),
        CreateRevision = 5,
        ModRevision = 6,
        Version = 2,
        Lease = 9,
    };

    private TestServer _server = null!;
    private RpcChannel _channel = null!;
    private EtcdClient _client = null!;
    private IMessage? _request;

    [SetUp]
    public async Task StartAsync()
    {
        _server = await TestServer.StartAsync(extra: AddHandlers);
        _channel = TestClient.Channel(_server.Uri);
        _client = new EtcdClient(_channel);
    }

    [TearDown]
    public async Task StopAsync()
    {
        _channel.Dispose();
        await _server.DisposeAsync();
    }

    [Test]
    public async Task Range_AllOptions_TravelBothWays()
    {
        var query = new RangeQuery(KeyRange.Prefix("a"u8.ToArray()))
        {
            Limit = 10,
            Revision = new Revision(7),
            Serializable = true,
            KeysOnly = true,
        };
        RangeResult result = (await _client.RangeAsync(query, CancellationToken.None)).Value!;
        Assert.That(_request, Is.EqualTo(new RangeRequest
        {
            Key = ByteString.CopyFromUtf8("a"),
            RangeEnd = ByteString.CopyFromUtf8("b"),
            Limit = 10,
            Revision = 7,
            Serializable = true,
            KeysOnly = true,
        }));
        Assert.That((result.More, result.Count, result.Values.Count), Is.EqualTo((true, 17L, 1)));
        Assert.That(result.Header, Is.EqualTo(
            new AnswerHeader(new ClusterId(1), new MemberId(2), new Revision(30), new Term(4))));
        AssertAnyPair(result.Values[0]);
    }

    [Test]
    public async Task Put_WithLease_TravelsBothWays()
    {
        var command = new PutCommand("a"u8.ToArray(), "v"u8.ToArray())
        {
            Lease = new LeaseId(9),
            ReturnPrevious = true,
        };
        PutResult result = (await _client.PutAsync(command, CancellationToken.None)).Value!;
        Assert.That(((PutRequest)_request!).Lease, Is.EqualTo(9));
        AssertAnyPair(result.Previous!);
    }

    [Test]
    public async Task DeleteRange_Refused_IsStatus()
    {
        RpcResult<DeleteRangeResult> result = await _client.DeleteRangeAsync(
            new DeleteRangeCommand(KeyRange.Single(default)), CancellationToken.None);
        Assert.That(result.Status, Is.EqualTo(EtcdErrors.KeyIsEmpty));
    }

    [Test]
    public async Task Txn_CreateIfAbsent_TravelsBothWays()
    {
        ReadOnlyMemory<byte> key = "a"u8.ToArray();
        var command = new TxnCommand
        {
            Compares = [TxnCompare.ModRevisionIs(key, new Revision(0))],
            Success = [new TxnOperation.Put(new PutCommand(key, "v"u8.ToArray()))],
            Failure = [new TxnOperation.Range(new RangeQuery(KeyRange.Single(key)))],
        };
        TxnResult result = (await _client.TxnAsync(command, CancellationToken.None)).Value!;
        var request = (TxnRequest)_request!;
        Assert.That(request.Compare[0].Target, Is.EqualTo(Compare.Types.CompareTarget.Mod));
        Assert.That(request.Success[0].RequestPut.Value.ToStringUtf8(), Is.EqualTo("v"));
        Assert.That(request.Failure[0].RequestRange.Key.ToStringUtf8(), Is.EqualTo("a"));
        Assert.That(result.Succeeded, Is.False);
        AssertAnyPair(((TxnOutcome.Range)result.Outcomes[0]).Result.Values[0]);
    }

    [Test]
    public async Task Compact_FutureRevision_IsStatus()
    {
        RpcStatus status = await _client.CompactAsync(new Revision(99), CancellationToken.None);
        Assert.That(status, Is.EqualTo(EtcdErrors.FutureRevision));
    }

    [Test]
    public async Task Watch_EventsThenCompacted_EndsWithRevision()
    {
        var batches = new List<WatchBatch>();
        await foreach (WatchBatch batch in _client.WatchAsync(
            new WatchQuery(KeyRange.All) { Start = new Revision(3) }, CancellationToken.None))
        {
            batches.Add(batch);
        }

        Assert.That(((WatchRequest)_request!).CreateRequest.StartRevision, Is.EqualTo(3));
        Assert.That(batches.Select(static batch => batch.Events.Count), Is.EqualTo(new[] { 0, 2, 0 }));
        Assert.That(batches[1].Events.Select(static change => change.IsDelete), Is.EqualTo(new[] { false, true }));
        AssertAnyPair(batches[1].Events[0].Current);
        Assert.That((batches[2].End, batches[2].CompactRevision.Value), Is.EqualTo((EtcdErrors.Compacted, 20L)));
    }

    [Test]
    public async Task Watch_ReaderStops_EndsCall()
    {
        await foreach (WatchBatch batch in _client.WatchAsync(
            new WatchQuery(KeyRange.All), CancellationToken.None))
        {
            Assert.That(batch.End, Is.Null);
            break;
        }

        Assert.That((await _client.LeaseGrantAsync(default, 60, CancellationToken.None)).IsOK, Is.True);
    }

    [Test]
    public async Task Leases_GrantKeepAliveTimeToLiveRevoke_TravelBothWays()
    {
        LeaseResult granted = (await _client.LeaseGrantAsync(default, 60, CancellationToken.None)).Value!;
        Assert.That((granted.Lease.Value, granted.TtlSeconds), Is.EqualTo((77L, 60L)));
        LeaseResult renewed = (await _client.LeaseKeepAliveAsync(granted.Lease, CancellationToken.None)).Value!;
        Assert.That((renewed.Lease.Value, renewed.TtlSeconds), Is.EqualTo((77L, 60L)));
        LeaseResult left = (await _client.LeaseTimeToLiveAsync(granted.Lease, true, CancellationToken.None)).Value!;
        Assert.That((left.TtlSeconds, left.GrantedTtlSeconds, left.Keys.Count), Is.EqualTo((59L, 60L, 1)));
        RpcStatus revoked = await _client.LeaseRevokeAsync(granted.Lease, CancellationToken.None);
        Assert.That(revoked, Is.EqualTo(EtcdErrors.LeaseNotFound));
    }

    private static void AssertAnyPair(StoredValue value)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(value.Key.ToArray(), Is.EqualTo("a"u8.ToArray()));
            Assert.That(value.Value.ToArray(), Is.EqualTo("v"u8.ToArray()));
            Assert.That(value.CreateRevision.Value, Is.EqualTo(5));
            Assert.That(value.ModRevision.Value, Is.EqualTo(6));
            Assert.That(value.Version, Is.EqualTo(2));
            Assert.That(value.Lease.Value, Is.EqualTo(9));
        }
    }

    private void AddHandlers(Router router)
    {
        const string KeyValues = "etcdserverpb.KV";
        const string Leases = "etcdserverpb.Lease";
        var range = new RangeResponse { Header = AnyHeader, More = true, Count = 17, Kvs = { AnyPair } };
        router.AddUnary(KeyValues, "Range", Script<RangeRequest, RangeResponse>(RangeRequest.Parser, range));
        router.AddUnary(KeyValues, "Put", Script<PutRequest, PutResponse>(
            PutRequest.Parser, new PutResponse { Header = AnyHeader, PrevKv = AnyPair }));
        router.AddUnary(KeyValues, "DeleteRange", Script<DeleteRangeRequest, DeleteRangeResponse>(
            DeleteRangeRequest.Parser, EtcdErrors.KeyIsEmpty));
        router.AddUnary(KeyValues, "Txn", Script<TxnRequest, TxnResponse>(TxnRequest.Parser, new TxnResponse
        {
            Header = AnyHeader,
            Responses = { new ResponseOp { ResponseRange = range } },
        }));
        router.AddUnary(KeyValues, "Compact", Script<CompactionRequest, CompactionResponse>(
            CompactionRequest.Parser, EtcdErrors.FutureRevision));
        router.AddUnary(Leases, "LeaseGrant", Script<LeaseGrantRequest, LeaseGrantResponse>(
            LeaseGrantRequest.Parser, new LeaseGrantResponse { Header = AnyHeader, ID = 77, TTL = 60 }));
        router.AddUnary(Leases, "LeaseRevoke", Script<LeaseRevokeRequest, LeaseRevokeResponse>(
            LeaseRevokeRequest.Parser, EtcdErrors.LeaseNotFound));
        var timeToLive = new LeaseTimeToLiveResponse
        {
            ID = 77,
            TTL = 59,
            GrantedTTL = 60,
            Keys = { ByteString.CopyFromUtf8("a") },
        };
        router.AddUnary(Leases, "LeaseTimeToLive", Script<LeaseTimeToLiveRequest, LeaseTimeToLiveResponse>(
            LeaseTimeToLiveRequest.Parser, timeToLive));
        router.AddBidiStream(Leases, "LeaseKeepAlive", new StreamFunction(KeepAliveAsync));
        router.AddBidiStream("etcdserverpb.Watch", "Watch", new StreamFunction(WatchAsync));
    }

    private MessageUnaryHandler<TRequest, TResponse> Script<TRequest, TResponse>(
        MessageParser<TRequest> parser, RpcResult<TResponse> answer)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        new(parser, (_, request) =>
        {
            _request = request;
            return new ValueTask<RpcResult<TResponse>>(answer);
        });

    private static async ValueTask<RpcStatus> KeepAliveAsync(
        RpcCall call, IMessageReader requests, IMessageWriter responses)
    {
        while (await requests.ReadAsync() is { } message)
        {
            bool isRead = LeaseKeepAliveRequestReader.TryRead(message.Span, out LeaseId lease);
            Assert.That(isRead, Is.True);
            ResponseWriter.LeaseKeepAlive(responses.Begin(), default, lease.Value, 60);
            await responses.SendAsync();
        }

        return RpcStatus.OK;
    }

    private async ValueTask<RpcStatus> WatchAsync(RpcCall call, IMessageReader requests, IMessageWriter responses)
    {
        (RpcStatus _, WatchRequest? request) = await requests.ReadAsync(WatchRequest.Parser);
        _request = request;
        var deleted = new KeyValue { Key = AnyPair.Key, ModRevision = 7 };
        await responses.SendAsync(new WatchResponse { Header = AnyHeader, Created = true });
        await responses.SendAsync(new WatchResponse
        {
            Header = AnyHeader,
            Events =
            {
                new Event { Kv = AnyPair },
                new Event { Type = Event.Types.EventType.Delete, Kv = deleted, PrevKv = AnyPair },
            },
        });
        await responses.SendAsync(new WatchResponse { Header = AnyHeader, Canceled = true, CompactRevision = 20 });
        while (await requests.ReadAsync() is not null)
        {
            // Nothing more is expected; the client ends the call.
        }

        return RpcStatus.OK;
    }
}
