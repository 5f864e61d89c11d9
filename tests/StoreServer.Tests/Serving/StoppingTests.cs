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
    private const int LargeBytes = 512 << 10;

    private static readonly ByteString Key = ByteString.CopyFromUtf8("k");
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private string _directory = null!;
    private TestNode _node = null!;
    private TaskCompletionSource _enough = null!;
    private int _answers;

    [SetUp]
    public async Task SetUp()
    {
        _directory = Directory.CreateTempSubdirectory("keelson-node-").FullName;
        _node = await TestNode.StartInAsync(_directory);
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
    public Task Calls_WhileTheNodeStops_AreAnsweredOrUnavailable() => StopAmongAsync(() => PutAsync(ByteString.Empty));

    // etcd's process ends when its log cannot be written, which is Unavailable to clients; nothing to call a bug here.
    [Test]
    public async Task Calls_WhenTheLogCannotGoOn_EndUnavailable()
    {
        var value = ByteString.CopyFrom(new byte[LargeBytes]);
        string away = _directory + "-away";
        // The next file cannot be made in a directory that is not there.
        Directory.Move(_directory, away);
        try
        {
            AssertUnavailable(await Task.WhenAll(StartCallers(() => PutAsync(value))).WaitAsync(Patience));
            await _node.Node.Failed.WaitAsync(Patience);
        }
        finally
        {
            Directory.Move(away, _directory);
        }
    }

    /// <summary>Callers one call after the other each, until they are refused; the node stops in between.</summary>
    private async Task StopAmongAsync(Func<Task<RpcStatus?>> call)
    {
        Task<RpcStatus>[] ends = StartCallers(call);
        await _enough.Task.WaitAsync(Patience);
        await _node.Node.StopAsync("test");
        AssertUnavailable(await Task.WhenAll(ends).WaitAsync(Patience));
    }

    private static void AssertUnavailable(RpcStatus[] statuses) => Assert.That(
        statuses.Select(status => status.Code),
        Has.All.EqualTo(StatusCode.Unavailable),
        string.Join('\n', statuses.Distinct()));

    private Task<RpcStatus>[] StartCallers(Func<Task<RpcStatus?>> call) =>
        [.. Enumerable.Range(0, Callers).Select(_ => Task.Run(() => RepeatAsync(call)))];

    private async Task<RpcStatus?> PutAsync(ByteString value)
    {
        RpcResult<PutResponse> result = await _node.Channel.CallAsync(
            "/etcdserverpb.KV/Put",
            new PutRequest { Key = Key, Value = value },
            PutResponse.Parser,
            RpcCallOptions.None);
        return result.IsOK ? null : result.Status;
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
