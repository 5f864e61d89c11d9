using Keelson.Rpc.Server;

namespace Keelson.Rpc.Tests;

/// <summary>A server on a free loopback port with small handlers.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    public const string Service = "test.Echo";

    private TestServer(RpcServer server)
    {
        Server = server;
        Uri = server.EndPoints[0] is IPEndPoint address
            ? new Uri($"http://{address}")
            : new Uri($"unix://{server.EndPoints[0]}");
    }

    public RpcServer Server { get; }

    public Uri Uri { get; }

    public int Port => ((IPEndPoint)Server.EndPoints[0]).Port;

    public static RpcServerOptions Options { get; } =
        new() { Listen = [ListenAddress.Tcp(new IPEndPoint(IPAddress.Loopback, 0))] };

    public static async Task<TestServer> StartAsync(RpcServerOptions? options = null, Action<Router>? extra = null)
    {
        var router = new Router();
        router.AddUnary(Service, "Echo", new UnaryFunction(static (_, request, response) =>
        {
            response.Write(request.Span);
            return new ValueTask<RpcStatus>(RpcStatus.OK);
        }));
        router.AddUnary(Service, "Fail", new UnaryFunction(static (_, request, _) =>
            new ValueTask<RpcStatus>(
                new RpcStatus(StatusCode.FailedPrecondition, System.Text.Encoding.UTF8.GetString(request.Span)))));
        router.AddUnary(Service, "Metadata", new UnaryFunction(static (call, request, response) =>
        {
            string key = System.Text.Encoding.ASCII.GetString(request.Span);
            response.Write(System.Text.Encoding.ASCII.GetBytes(call.GetMetadata(key) ?? "absent"));
            return new ValueTask<RpcStatus>(RpcStatus.OK);
        }));
        router.AddUnary(Service, "Wait", new UnaryFunction(static async (call, _, _) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, call.CancellationToken);
            return RpcStatus.OK;
        }));
        router.AddBidiStream(Service, "EchoAll", new StreamFunction(static async (_, requests, responses) =>
        {
            while (await requests.ReadAsync() is { } message)
            {
                responses.Begin().Write(message.Span);
                if (!await responses.SendAsync())
                {
                    break;
                }
            }

            return RpcStatus.OK;
        }));
        extra?.Invoke(router);
        var server = new RpcServer(options ?? Options, router);
        await server.StartAsync();
        return new TestServer(server);
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
