using Keelson.Rpc.Client;
using Keelson.Rpc.Etcd;
using Keelson.Rpc.Health;
using Keelson.Rpc.Server;

namespace Keelson.Rpc.Tests;

/// <summary>Streams in both directions, their ends, and what they do to their neighbours on one connection.</summary>
public sealed class StreamCallTests
{
    private const int BlockBytes = 100_000;

    private readonly HealthService _health = new();
    private TestServer _server = null!;
    private RpcChannel _channel = null!;
    private TaskCompletionSource<RpcStatus> _ended = null!;
    private long _sentBlocks;

    [SetUp]
    public async Task StartAsync()
    {
        _ended = new TaskCompletionSource<RpcStatus>(TaskCreationOptions.RunContinuationsAsynchronously);
        _server = await TestServer.StartAsync(extra: AddHandlers);
        _channel = TestClient.Channel(_server.Uri);
    }

    [TearDown]
    public async Task StopAsync()
    {
        _channel.Dispose();
        await _server.DisposeAsync();
    }

    [Test]
    public async Task Bidi_MessagesBothWays_KeepOrderAndEndOK()
    {
        await using RpcClientStream stream = _channel.Open("EchoAll");
        for (int number = 0; number < 100; number++)
        {
            byte[] message = [.. Enumerable.Repeat((byte)number, number * 500)];
            Assert.That(await stream.SendAsync(message.AsSpan()), Is.True);
            Assert.That((await stream.ReadAsync())!.Value.Span.SequenceEqual(message), Is.True);
        }

        stream.CompleteSending();
        Assert.That(await stream.ReadAsync(), Is.Null);
        Assert.That(stream.Status, Is.EqualTo(RpcStatus.OK));
    }

    [Test]
    public async Task Bidi_NoMessageAtAll_EndsOK()
    {
        await using RpcClientStream stream = _channel.Open("EchoAll");
        stream.CompleteSending();
        Assert.That(await stream.ReadAsync(), Is.Null);
        Assert.That(stream.Status, Is.EqualTo(RpcStatus.OK));
    }

    [Test]
    public async Task ServerStream_FailsAfterMessages_SendsStatusInTrailers()
    {
        await using RpcClientStream stream = _channel.Open("CountThenFail");
        await stream.SendAsync(TestClient.Bytes(3).AsSpan());
        stream.CompleteSending();
        int count = 0;
        while (await stream.ReadAsync() is not null)
        {
            count++;
        }

        Assert.That((count, stream.Status), Is.EqualTo((3, (RpcStatus?)EtcdErrors.NoLeader)));
    }

    [Test]
    public async Task Stream_HandlerEndsWhileItsReadWaits_CompletesCall()
    {
        await using RpcClientStream stream = _channel.Open("LeaveReadWaiting");
        Assert.That(await stream.ReadAsync(), Is.Null);
        Assert.That(stream.Status, Is.EqualTo(EtcdErrors.NoLeader));
    }

    [Test]
    public async Task Stream_ClientCancels_HandlerSeesEndAndCanceled()
    {
        await using (RpcClientStream stream = _channel.Open("Watchful"))
        {
            await stream.SendAsync("x"u8);
            Assert.That(await stream.ReadAsync(), Is.Not.Null);
        }

        Assert.That(await _ended.Task, Is.EqualTo(RpcStatus.Canceled));
    }

    [Test]
    public async Task Stream_DeadlinePasses_BothSidesSeeDeadlineExceeded()
    {
        await using RpcClientStream stream =
            _channel.Open("Watchful", new RpcCallOptions { Timeout = TimeSpan.FromSeconds(1) });
        await stream.SendAsync("x"u8);
        Assert.That(await stream.ReadAsync(), Is.Not.Null);
        Assert.That(await stream.ReadAsync(), Is.Null);
        Assert.That(stream.Status, Is.EqualTo(RpcStatus.DeadlineExceeded));
        Assert.That((await _ended.Task).Code, Is.AnyOf(StatusCode.DeadlineExceeded, StatusCode.Canceled));
    }

    [Test]
    public async Task Stream_MessageOverLimit_EndsWithResourceExhausted()
    {
        await using RpcClientStream stream = _channel.Open("EchoAll");
        await stream.SendAsync(new byte[TestServer.Options.ReceiveMessageBytesMax + 1].AsSpan());
        Assert.That(await stream.ReadAsync(), Is.Null);
        Assert.That(stream.Status!.Value.Code, Is.EqualTo(StatusCode.ResourceExhausted));
    }

    [Test]
    public async Task Stream_MessageBeyondWindows_Arrives()
    {
        // 2 MB is beyond the 1 MiB window of a stream on either side.
        var message = new byte[2_000_000];
        new Random(1).NextBytes(message);
        await using RpcClientStream stream = _channel.Open("EchoAll");
        Task<bool> sending = stream.SendAsync(message.AsSpan()).AsTask();
        Assert.That((await stream.ReadAsync())!.Value.Span.SequenceEqual(message), Is.True);
        Assert.That(await sending, Is.True);
    }

    /// <summary>One receiver stops reading; a hundred others on its connection go on and its sender parks.</summary>
    [Test]
    public async Task Streams_OneReceiverParked_OthersGoOn()
    {
        await using RpcClientStream parked = _channel.Open("Flood");
        parked.CompleteSending();
        Assert.That(await parked.ReadAsync(), Is.Not.Null);

        RpcClientStream[] others = [.. Enumerable.Range(0, 100).Select(_ => _channel.Open("EchoAll"))];
        for (int round = 0; round < 20; round++)
        {
            foreach (RpcClientStream other in others)
            {
                Assert.That(await other.SendAsync("ping"u8), Is.True);
                Assert.That(await other.ReadAsync(), Is.Not.Null);
            }
        }

        // The client's window, its own buffer and one message that waits: then the sender stands.
        Assert.That(Interlocked.Read(ref _sentBlocks) * BlockBytes, Is.LessThan(20_000_000));
        foreach (RpcClientStream other in others)
        {
            await other.DisposeAsync();
        }
    }

    [Test]
    public async Task Streams_TwoThousandOnOneConnection_AllAnswer()
    {
        RpcClientStream[] streams = [.. Enumerable.Range(0, 2_000).Select(_ => _channel.Open("EchoAll"))];
        await Task.WhenAll(streams.Select(static (stream, number) =>
            stream.SendAsync(TestClient.Bytes(number).AsSpan()).AsTask()));
        for (int number = 0; number < streams.Length; number++)
        {
            ReadOnlyMemory<byte>? answer = await streams[number].ReadAsync();
            Assert.That(answer!.Value.ToArray(), Is.EqualTo(TestClient.Bytes(number)));
        }

        foreach (RpcClientStream stream in streams)
        {
            stream.CompleteSending();
            Assert.That(await stream.ReadAsync(), Is.Null);
            Assert.That(stream.Status, Is.EqualTo(RpcStatus.OK));
            await stream.DisposeAsync();
        }
    }

    [Test]
    public async Task Health_CheckAndWatch_FollowStatus()
    {
        var request = new HealthCheckRequest();
        RpcResult<HealthCheckResponse> unknown = await CheckHealthAsync(request);
        Assert.That(unknown.Status.Code, Is.EqualTo(StatusCode.NotFound));

        await using RpcClientStream watch = _channel.OpenStream("/grpc.health.v1.Health/Watch", RpcCallOptions.None);
        await watch.SendAsync(request);
        watch.CompleteSending();
        Assert.That(await NextHealthAsync(watch), Is.EqualTo(HealthCheckResponse.Types.ServingStatus.ServiceUnknown));
        _health.Set(string.Empty, HealthCheckResponse.Types.ServingStatus.Serving);
        Assert.That(await NextHealthAsync(watch), Is.EqualTo(HealthCheckResponse.Types.ServingStatus.Serving));
        RpcResult<HealthCheckResponse> known = await CheckHealthAsync(request);
        Assert.That(known.Value!.Status, Is.EqualTo(HealthCheckResponse.Types.ServingStatus.Serving));
    }

    [Test]
    public async Task Health_Stopped_TellsItsWatchersAndEndsTheirStreams()
    {
        _health.Set(string.Empty, HealthCheckResponse.Types.ServingStatus.Serving);
        await using RpcClientStream watch = _channel.OpenStream("/grpc.health.v1.Health/Watch", RpcCallOptions.None);
        await watch.SendAsync(new HealthCheckRequest());
        Assert.That(await NextHealthAsync(watch), Is.EqualTo(HealthCheckResponse.Types.ServingStatus.Serving));
        _health.Stop();
        Assert.That(await NextHealthAsync(watch), Is.EqualTo(HealthCheckResponse.Types.ServingStatus.NotServing));
        Assert.That(await watch.ReadAsync(), Is.Null);
        Assert.That(watch.Status, Is.EqualTo(EtcdErrors.ServerStopped));
    }

    private static async Task<HealthCheckResponse.Types.ServingStatus> NextHealthAsync(RpcClientStream watch)
    {
        (RpcStatus _, HealthCheckResponse? response) = await watch.ReadAsync(HealthCheckResponse.Parser);
        return response!.Status;
    }

    private ValueTask<RpcResult<HealthCheckResponse>> CheckHealthAsync(HealthCheckRequest request) =>
        _channel.CallAsync(
            "/grpc.health.v1.Health/Check", request, HealthCheckResponse.Parser, RpcCallOptions.None);

    private void AddHandlers(Router router)
    {
        _health.AddTo(router);
        router.AddServerStream(
            TestServer.Service,
            "CountThenFail",
            new MessageServerStreamHandler<LeaseKeepAliveRequest>(LeaseKeepAliveRequest.Parser, CountThenFailAsync));
        router.AddBidiStream(TestServer.Service, "LeaveReadWaiting", new StreamFunction(static (_, requests, _) =>
        {
            _ = requests.ReadAsync().AsTask();
            return new ValueTask<RpcStatus>(EtcdErrors.NoLeader);
        }));
        router.AddBidiStream(TestServer.Service, "Watchful", new StreamFunction(WatchfulAsync));
        router.AddServerStream(TestServer.Service, "Flood", new StreamFunction(FloodAsync));
    }

    private static async ValueTask<RpcStatus> CountThenFailAsync(
        RpcCall call, LeaseKeepAliveRequest request, IMessageWriter responses)
    {
        for (long number = 0; number < request.ID; number++)
        {
            await responses.SendAsync(new LeaseKeepAliveResponse { ID = number });
        }

        return EtcdErrors.NoLeader;
    }

    private async ValueTask<RpcStatus> WatchfulAsync(RpcCall call, IMessageReader requests, IMessageWriter responses)
    {
        while (await requests.ReadAsync() is { } message)
        {
            await responses.SendAsync(message.Span);
        }

        _ended.TrySetResult(call.CancellationStatus);
        return RpcStatus.OK;
    }

    private async ValueTask<RpcStatus> FloodAsync(RpcCall call, IMessageReader requests, IMessageWriter responses)
    {
        var block = new byte[BlockBytes];
        while (await responses.SendAsync(block.AsSpan()))
        {
            Interlocked.Increment(ref _sentBlocks);
        }

        return call.CancellationStatus;
    }
}
