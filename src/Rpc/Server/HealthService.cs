using Keelson.Rpc.Etcd;
using Keelson.Rpc.Health;

namespace Keelson.Rpc.Server;

/// <summary>
/// grpc.health.v1.Health. The empty service name stands for the whole server; a name never set is unknown: Check
/// answers NotFound, Watch reports it and goes on (gRPC health checking protocol).
/// </summary>
public sealed class HealthService
{
    private const string Name = "grpc.health.v1.Health";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, HealthCheckResponse.Types.ServingStatus> _statuses = [];
    private TaskCompletionSource _changed = NewSignal();
    private bool _stopped;

    public void AddTo(Router router)
    {
        router.AddUnary(Name, "Check", new MessageUnaryHandler<HealthCheckRequest, HealthCheckResponse>(
            HealthCheckRequest.Parser, (_, request) => new ValueTask<RpcResult<HealthCheckResponse>>(Check(request))));
        router.AddServerStream(Name, "Watch", new MessageServerStreamHandler<HealthCheckRequest>(
            HealthCheckRequest.Parser, WatchAsync));
    }

    public void Set(string service, HealthCheckResponse.Types.ServingStatus status)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            _statuses[service] = status;
            changed = _changed;
            _changed = NewSignal();
        }

        changed.SetResult();
    }

    /// <summary>
    /// Nothing is served any more: says so to everybody who watches, and ends their streams, which would hold up the
    /// server's stop.
    /// </summary>
    public void Stop()
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            _stopped = true;
            foreach (string service in _statuses.Keys)
            {
                _statuses[service] = HealthCheckResponse.Types.ServingStatus.NotServing;
            }

            changed = _changed;
            _changed = NewSignal();
        }

        changed.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RpcResult<HealthCheckResponse> Check(HealthCheckRequest request)
    {
        lock (_gate)
        {
            return _statuses.TryGetValue(request.Service, out HealthCheckResponse.Types.ServingStatus status)
                ? new HealthCheckResponse { Status = status }
                : new RpcStatus(StatusCode.NotFound, "unknown service");
        }
    }

    private async ValueTask<RpcStatus> WatchAsync(RpcCall call, HealthCheckRequest request, IMessageWriter responses)
    {
        HealthCheckResponse.Types.ServingStatus? sent = null;
        while (true)
        {
            HealthCheckResponse.Types.ServingStatus current;
            Task changed;
            bool stopped;
            lock (_gate)
            {
                current = _statuses.GetValueOrDefault(
                    request.Service, HealthCheckResponse.Types.ServingStatus.ServiceUnknown);
                changed = _changed.Task;
                stopped = _stopped;
            }

            if (current != sent && !await responses.SendAsync(new HealthCheckResponse { Status = current }))
            {
                return call.CancellationStatus;
            }

            if (stopped)
            {
                return EtcdErrors.ServerStopped;
            }

            sent = current;
            await changed.WaitAsync(call.CancellationToken);
        }
    }
}
