using Keelson.Rpc.Server;
using Keelson.StoreServer.Http;
using Keelson.StoreServer.Logging;
using Keelson.StoreServer.Metrics;
using Keelson.StoreServer.Options;
using Keelson.StoreServer.Serving;
using Microsoft.Extensions.Logging;

namespace Keelson.StoreServer;

/// <summary>The node's listeners: clients (gRPC and HTTP on one port), HTTP alone, metrics.</summary>
internal sealed class NodeServers : IAsyncDisposable
{
    /// <summary>
    /// For unary calls; longer than etcd waits, which means to let running requests finish (etcd 3.5, embed/etcd.go,
    /// stopServers) but closes its clients' connections as soon as its listener is closed (3.5.16, embed/serve.go).
    /// </summary>
    private static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(5);

    /// <summary>etcd: what gRPC itself adds to a request of the largest size (v3rpc/grpc.go).</summary>
    private const int GrpcOverheadBytes = 512 * 1024;

    private readonly List<RpcServer> _servers = [];
    private readonly StoreServerOptions _options;
    private readonly ConnectionLog _connectionLog;

    private NodeServers(StoreServerOptions options, ILogger logger)
    {
        _options = options;
        _connectionLog = new ConnectionLog(logger, TimeProvider.System);
    }

    /// <summary>URLs of the client listeners, with the ports that were chosen.</summary>
    public IReadOnlyList<string> ClientAddresses { get; private set; } = [];

    /// <exception cref="IOException">An address is in use, or there are too few file descriptors.</exception>
    public static async Task<NodeServers> StartAsync(
        StoreServerOptions options, Router router, CallObserver observer, HttpSurface http, ILogger logger)
    {
        var servers = new NodeServers(options, logger);
        try
        {
            await servers.StartClientsAsync(router, observer, http);
            await servers.StartHttpAsync(options.ListenClientHttpUrls, http);
            await servers.StartHttpAsync(options.ListenMetricsUrls, http);
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }

        foreach (string address in servers.ClientAddresses)
        {
            logger.ServingInsecurely(address);
        }

        foreach (EndpointUrl url in options.ListenMetricsUrls)
        {
            logger.ServingMetrics(url.ToString());
        }

        return servers;
    }

    /// <summary>Accepts nothing new and waits for unary calls, at most five seconds; streams end themselves.</summary>
    public Task StopAsync() => Task.WhenAll(_servers.Select(server => server.StopAsync(DrainMax)));

    public async ValueTask DisposeAsync()
    {
        foreach (RpcServer server in _servers)
        {
            await server.DisposeAsync();
        }
    }

    private async Task StartClientsAsync(Router router, CallObserver observer, HttpSurface http)
    {
        RpcServerOptions rpc = Limits(_options.ListenClientUrls) with
        {
            Fallback = _options.ListenClientHttpUrls.Count == 0 ? http : null,
            Observer = observer,
            ConnectionsMax = ClientConnectionsMax(),
        };
        RpcServer server = await StartAsync(rpc, router);
        ClientAddresses =
        [
            .. _options.ListenClientUrls.Zip(server.EndPoints, static (url, bound) => bound is System.Net.IPEndPoint ip
                ? $"{url.Scheme}://{ip}"
                : url.ToString()),
        ];
    }

    private async Task StartHttpAsync(IReadOnlyList<EndpointUrl> urls, HttpSurface http)
    {
        if (urls.Count > 0)
        {
            RpcServerOptions rpc = Limits(urls) with
            {
                Fallback = http,
                ConnectionsMax = DescriptorBudget.HttpConnectionsMax,
            };
            await StartAsync(rpc, new Router());
        }
    }

    private async Task<RpcServer> StartAsync(RpcServerOptions rpc, Router router)
    {
        var server = new RpcServer(rpc, router);
        _servers.Add(server);
        await server.StartAsync();
        return server;
    }

    private RpcServerOptions Limits(IReadOnlyList<EndpointUrl> urls) => new()
    {
        Listen = [.. urls.Select(ToAddress)],
        ReceiveMessageBytesMax = (int)_options.RequestBytesMax + GrpcOverheadBytes,
        StreamsPerConnectionMax = (int)Math.Min(_options.ConcurrentStreamsMax, 1 << 20),
        KeepAliveInterval = Forever(_options.KeepAliveInterval),
        KeepAliveTimeout = Forever(_options.KeepAliveTimeout),
        ConnectionObserver = _connectionLog,
    };

    private int ClientConnectionsMax()
    {
        int httpServers = (_options.ListenClientHttpUrls.Count > 0 ? 1 : 0)
            + (_options.ListenMetricsUrls.Count > 0 ? 1 : 0);
        long open = ProcessFiles.AreKnown ? ProcessFiles.CountOpen() : 0;
        return DescriptorBudget.OfThisProcess().ClientConnectionsMax(open, httpServers);
    }

    private static TimeSpan Forever(TimeSpan duration) => duration == TimeSpan.Zero ? TimeSpan.MaxValue : duration;

    private static ListenAddress ToAddress(EndpointUrl url) =>
        url.IsUnix ? ListenAddress.Unix(Path.GetFullPath(url.Host)) : ListenAddress.Tcp(url.ToIPEndPoint()!);
}
