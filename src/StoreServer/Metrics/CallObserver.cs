using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using Keelson.Rpc;
using Keelson.Rpc.Server;
using Keelson.StoreServer.Logging;
using Keelson.StoreServer.Options;
using Microsoft.Extensions.Logging;

namespace Keelson.StoreServer.Metrics;

/// <summary>Counts every call, and logs those that took too long or failed by a bug.</summary>
internal sealed class CallObserver : IRpcObserver
{
    private readonly FrozenDictionary<object, RouteMetrics> _metricsByRoute;
    private readonly Counter<long> _receivedBytes;
    private readonly Counter<long> _sentBytes;
    private readonly ILogger _logger;
    private readonly TimeSpan _slow;

    public CallObserver(Meter meter, Router router, StoreServerOptions options, ILogger logger)
    {
        bool isExtensive = options.Metrics == "extensive";
        // Routes are compared by reference: their own equality would hash texts on every call.
        _metricsByRoute = router.Routes.ToFrozenDictionary(
            object (route) => route,
            route => new RouteMetrics(meter, route, isExtensive),
            ReferenceEqualityComparer.Instance);
        _receivedBytes = meter.CreateCounter<long>(
            "etcd_network_client_grpc_received_bytes_total", null,
            "The total number of bytes received from grpc clients.");
        _sentBytes = meter.CreateCounter<long>(
            "etcd_network_client_grpc_sent_bytes_total", null, "The total number of bytes sent to grpc clients.");
        _logger = logger;
        _slow = options.WarningUnaryRequestDuration;
    }

    public void Started(RpcRoute route) => _metricsByRoute[route].Started();

    public void MessageReceived(RpcRoute route, int messageBytes)
    {
        _metricsByRoute[route].Received();
        _receivedBytes.Add(messageBytes);
    }

    public void MessageSent(RpcRoute route, long messageBytes)
    {
        _metricsByRoute[route].Sent();
        _sentBytes.Add(messageBytes);
    }

    public void Handled(RpcRoute route, StatusCode code, TimeSpan elapsed)
    {
        _metricsByRoute[route].Handled(code, elapsed);
        if (elapsed > _slow && route.Unary is not null && _slow > TimeSpan.Zero)
        {
            _logger.SlowRequest(route.Path, code.ToString(), elapsed);
        }
    }

    public void Faulted(RpcRoute route, Exception exception) => _logger.HandlerFaulted(route.Path, exception);
}
