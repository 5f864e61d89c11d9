using System.Collections.Concurrent;
using Keelson.Rpc.Client;
using Keelson.Rpc.Server;

namespace Keelson.Rpc.Tests;

/// <summary>What metrics and logs get to see of a call.</summary>
public sealed class RpcObserverTests
{
    [Test]
    public async Task Observer_UnaryStreamAndFault_SeesEachOnce()
    {
        var observer = new Recorder();
        RpcServerOptions options = TestServer.Options with { Observer = observer };
        await using TestServer server = await TestServer.StartAsync(options, static router => router.AddUnary(
            TestServer.Service,
            "Throw",
            new UnaryFunction(static (_, _, _) => throw new InvalidOperationException("a bug"))));
        using RpcChannel channel = TestClient.Channel(server.Uri);
        await channel.CallAsync("Echo", 7);
        await channel.CallAsync("Throw", 7);
        await using (RpcClientStream stream = channel.Open("EchoAll"))
        {
            await stream.SendAsync("abc"u8);
            await stream.ReadAsync();
            stream.CompleteSending();
            Assert.That(await stream.ReadAsync(), Is.Null);
        }

        await server.Server.StopAsync(TimeSpan.FromSeconds(30));
        Assert.That(observer.Lines, Is.EqualTo(new[]
        {
            "started unary Echo", "received 2", "sent 2", "handled OK",
            "started unary Throw", "received 2", "faulted a bug", "handled Internal",
            "started bidi_stream EchoAll", "received 3", "sent 3", "handled OK",
        }));
    }

    private sealed class Recorder : IRpcObserver
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public void Started(RpcRoute route) => Lines.Enqueue($"started {route.Kind} {route.Method}");

        public void MessageReceived(RpcRoute route, int messageBytes) => Lines.Enqueue($"received {messageBytes}");

        public void MessageSent(RpcRoute route, long messageBytes) => Lines.Enqueue($"sent {messageBytes}");

        public void Handled(RpcRoute route, StatusCode code, TimeSpan elapsed) => Lines.Enqueue($"handled {code}");

        public void Faulted(RpcRoute route, Exception exception) => Lines.Enqueue($"faulted {exception.Message}");
    }
}
