using System.Diagnostics.Metrics;
using Keelson.Rpc;
using Keelson.Rpc.Server;

namespace Keelson.StoreServer.Metrics;

/// <summary>
/// What is counted of one RPC method, under the names of go-grpc-prometheus, which etcd's dashboards use. All codes are
/// there from the start, so that the first error of a kind shows as a rise from zero.
/// </summary>
internal sealed class RouteMetrics
{
    private readonly Counter<long> _started;
    private readonly Counter<long> _received;
    private readonly Counter<long> _sent;
    private readonly Counter<long>[] _handled;
    private readonly Histogram<double>? _seconds;

    /// <param name="meter">Where the instruments are made.</param>
    /// <param name="route">The method.</param>
    /// <param name="isExtensive">Whether durations are kept too (etcd's --metrics=extensive).</param>
    public RouteMetrics(Meter meter, RpcRoute route, bool isExtensive)
    {
        KeyValuePair<string, object?>[] labels =
        [
            new("grpc_method", route.Method), new("grpc_service", route.Service), new("grpc_type", route.Kind),
        ];
        _started = meter.CreateCounter<long>(
            "grpc_server_started_total", null, "Total number of RPCs started on the server.", labels);
        _received = meter.CreateCounter<long>(
            "grpc_server_msg_received_total", null, "Total number of RPC stream messages received on the server.",
            labels);
        _sent = meter.CreateCounter<long>(
            "grpc_server_msg_sent_total", null, "Total number of gRPC stream messages sent by the server.", labels);
        _handled =
        [
            .. Enum.GetValues<StatusCode>().Order().Select(code => meter.CreateCounter<long>(
                "grpc_server_handled_total", null,
                "Total number of RPCs completed on the server, regardless of success or failure.",
                Labels.Of([.. labels, new("grpc_code", code.ToString())]))),
        ];
        _seconds = isExtensive
            ? meter.CreateBucketed(
                "grpc_server_handling_seconds",
                "Response latency of gRPC that had been application-level handled by the server.",
                Buckets.Calls, labels)
            : null;
    }

    public void Started() => _started.Add(1);

    public void Received() => _received.Add(1);

    public void Sent() => _sent.Add(1);

    public void Handled(StatusCode code, TimeSpan elapsed)
    {
        _handled[(int)code].Add(1);
        _seconds?.Record(elapsed.TotalSeconds);
    }
}
