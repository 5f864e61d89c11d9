using Google.Protobuf;
using Keelson.Rpc;
using Keelson.Rpc.Client;
using Keelson.Rpc.Etcd;

namespace Keelson.StoreServer.Tests.Serving;

/// <summary>
/// Goal: whatever a client does while the node stops, it is answered or gets the code on which it tries elsewhere.
/// etcd 3.5 closes the connections of its clients then, which is Unavailable to every gRPC library.
/// </summary>
internal sealed class StoppingTests
{
    private const int Callers = 16;
    private const int AnswersBefore = 200;

    private static readonly ByteString Key = ByteString.CopyFromUtf8("k");
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private TestNode _node = null!;
    private TaskCompletionSource _enough = null!;
    private int _answers;

    [SetUp]
    public async Task SetUp()
    {
        _node = await TestNode.StartAsync();
        _enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _answers = 0;
    }

    [TearDown]
    public async Task TearDown() => await _node.DisposeAsync();

    [Test]
    public Task Watches_OpenedWhileTheNodeStops_EndUnavailable() => StopAmongAsync(() => OpenAsync(
        "/etcdserverpb.Watch/Watch",
        new WatchRequest { CreateRequest = new WatchCreateRequest { Key = Key } }));

    [Test]
    public async Task KeepAlives_OpenedWhileTheNodeStops_EndUnavailable()
    {
        LeaseGrantResponse lease = await _node.CallAsync(
            "/etcdserverpb.Lease/LeaseGrant", new LeaseGrantRequest { TTL = 60 }, LeaseGrantResponse.Parser);
        await StopAmongAsync(() => OpenAsync(
            "/etcdserverpb.Lease/LeaseKeepAlive", new LeaseKeepAliveRequest { ID = lease.ID }));
    }

    [Test]
    public Task Calls_WhileTheNodeStops_AreAnsweredOrUnavailable() => StopAmongAsync(async () =>
    {
        RpcResult<PutResponse> result = await _node.Channel.CallAsync(
            "/etcdserverpb.KV/Put", new PutRequest { Key = Key }, PutResponse.Parser, RpcCallOptions.None);
        return result.IsOK ? null : result.Status;
    });

    /// <summary>Callers one call after the other each, until they are refused; the node stops in between.</summary>
    private async Task StopAmongAsync(Func<Task<RpcStatus?>> call)
    {
        Task<RpcStatus>[] ends = [.. Enumerable.Range(0, Callers).Select(_ => Task.Run(() => RepeatAsync(call)))];
        await _enough.Task.WaitAsync(Patience);
        await _node.Node.StopAsync("test");
        RpcStatus[] statuses = await Task.WhenAll(ends).WaitAsync(Patience);
        Assert.That(
            statuses.Select(status => status.Code),
            Has.All.EqualTo(StatusCode.Unavailable),
            string.Join('\n', statuses.Distinct()));
    }

    private async Task<RpcStatus> RepeatAsync(Func<Task<RpcStatus?>> call)
    {
        while (true)
        {
            if (await call() is { } refusal)
            {
                return refusal;
            }

            if (Interlocked.Increment(ref _answers) == AnswersBefore)
            {
                _enough.SetResult();
            }
        }
    }

    /// <summary>Opens a stream; how it ended if it did before the first answer.</summary>
    private async Task<RpcStatus?> OpenAsync<T>(string method, T request)
        where T : class, IMessage<T>
    {
        await using RpcClientStream stream = _node.Channel.OpenStream(method, RpcCallOptions.None);
        await stream.SendAsync(request);
        await stream.ReadAsync();
        return stream.Status;
    }
}
