using System.Net.Sockets;
using Keelson.Rpc.Client;
using Keelson.Rpc.Etcd;
using Keelson.Wire;

namespace Keelson.Rpc.Tests;

/// <summary>
/// Goal: a stop waits for calls that end by themselves, and for nobody who does not read a stream. The drain is longer
/// than the patience: a stop that waits for it fails.
/// </summary>
public sealed class StoppingStreamTests
{
    private const short InitialWindowSize = 4;
    private const int WindowBytes = 1 << 30;

    private static readonly TimeSpan LongerThanAnyGrace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Drain = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private TestServer _server = null!;
    private TaskCompletionSource _called = null!;
    private TaskCompletionSource _released = null!;
    private int _messageBytes;

    [SetUp]
    public async Task StartAsync()
    {
        _called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _server = await TestServer.StartAsync(extra: router =>
        {
            router.AddBidiStream(TestServer.Service, "SendThenWait", new StreamFunction(SendThenWaitAsync));
            router.AddUnary(TestServer.Service, "Held", new UnaryFunction(HoldAsync));
        });
    }

    [TearDown]
    public ValueTask StopAsync() => _server.DisposeAsync();

    /// <summary>A window is 65,535 bytes: the sender waits in its message, or the message behind its sender.</summary>
    [TestCase(1_000_000)]
    [TestCase(70_000)]
    public async Task Stop_NobodyReadsTheStream_ClosesIt(int messageBytes)
    {
        _messageBytes = messageBytes;
        using TcpClient client = await ConnectAsync();
        NetworkStream connection = client.GetStream();
        await connection.WriteAsync(Frame.Write(FrameType.Settings, 0, 0, []));
        await CallAsync(connection);

        await _server.Server.StopAsync(Drain).WaitAsync(Patience);
    }

    /// <summary>As many bytes as it likes are allowed, and none is taken: the socket's buffers are full.</summary>
    [Test]
    public async Task Stop_NobodyReadsTheConnection_ClosesIt()
    {
        _messageBytes = 64 << 20;
        using TcpClient client = await ConnectAsync();
        NetworkStream connection = client.GetStream();
        await connection.WriteAsync(Frame.Setting(InitialWindowSize, WindowBytes));
        await connection.WriteAsync(Frame.Write(FrameType.WindowUpdate, 0, WindowBytes));
        await CallAsync(connection);

        await _server.Server.StopAsync(Drain).WaitAsync(Patience);
    }

    [TestCase(1)]
    [TestCase(100_000)]
    public async Task Stop_StreamIsRead_EndsWithItsStatus(int messageBytes)
    {
        _messageBytes = messageBytes;
        using RpcChannel channel = TestClient.Channel(_server.Uri);
        await using RpcClientStream stream = channel.Open("SendThenWait");
        Assert.That((await stream.ReadAsync())?.Length, Is.EqualTo(messageBytes));
        Task stop = _server.Server.StopAsync(Drain);
        Assert.That(await stream.ReadAsync(), Is.Null);
        Assert.That(stream.Status, Is.EqualTo(EtcdErrors.ServerStopped));
        await stop.WaitAsync(Patience);
    }

    [Test]
    public async Task Stop_CallRunsBesideAStreamNobodyReads_CallFinishes()
    {
        _messageBytes = 1_000_000;
        using TcpClient client = await ConnectAsync();
        NetworkStream connection = client.GetStream();
        await connection.WriteAsync(Frame.Write(FrameType.Settings, 0, 0, []));
        await CallAsync(connection);
        _called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using RpcChannel channel = TestClient.Channel(_server.Uri);
        ValueTask<RpcResult<LeaseKeepAliveRequest>> call = channel.CallAsync("Held", 7);
        await _called.Task.WaitAsync(Patience);

        Task stop = _server.Server.StopAsync(Drain);
        await Task.WhenAny(stop, Task.Delay(LongerThanAnyGrace));
        Assert.That(stop.IsCompleted, Is.False);
        _released.SetResult();
        Assert.That((await call).Value?.ID, Is.EqualTo(7));
        await stop.WaitAsync(Patience);
    }

    private async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _server.Port);
        await client.GetStream().WriteAsync(Frame.Preface.ToArray());
        return client;
    }

    private async Task CallAsync(NetworkStream connection)
    {
        await connection.WriteAsync(Frame.Call(1, $"/{TestServer.Service}/SendThenWait"));
        await _called.Task.WaitAsync(Patience);
    }

    private async ValueTask<RpcStatus> SendThenWaitAsync(
        RpcCall call, IMessageReader requests, IMessageWriter responses)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration stopping = _server.Server.Stopping.Register(stopped.SetResult);
        responses.Begin().Write(new byte[_messageBytes]);
        ValueTask<bool> sending = responses.SendAsync();
        _called.SetResult();
        await sending;
        await stopped.Task;
        return EtcdErrors.ServerStopped;
    }

    private async ValueTask<RpcStatus> HoldAsync(
        RpcCall call, ReadOnlyMemory<byte> request, IBufferWriter<byte> response)
    {
        _called.SetResult();
        await _released.Task;
        response.Write(request.Span);
        return RpcStatus.OK;
    }
}
