using System.Diagnostics.Metrics;
using System.Text;
using Keelson.Base.Codec;
using Keelson.Rpc.Etcd;
using Keelson.Store;
using Keelson.Store.Mvcc;
using Keelson.StoreServer.Logging;
using Keelson.StoreServer.Serving;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Keelson.StoreServer.Http;

/// <summary>/health, /livez and /readyz with etcd's bodies (etcd 3.5.16, etcdhttp/health.go).</summary>
internal sealed class HealthChecks
{
    private const string Livez = "livez";
    private const string Readyz = "readyz";

    private readonly ServedStore _store;
    private readonly ILogger _logger;
    private readonly HealthCheckMetrics _metrics;
    private readonly HealthCheck[] _live;
    private readonly HealthCheck[] _ready;

    public HealthChecks(ServedStore store, Meter meter, ILogger logger)
    {
        _store = store;
        _logger = logger;
        var read = new HealthCheck("serializable_read", () => new ValueTask<string?>(ReadFault()));
        _live = [read];
        _ready =
        [
            new HealthCheck("data_corruption", () => new ValueTask<string?>(CorruptionFault())),
            read,
            new HealthCheck("linearizable_read", CurrentReadFaultAsync),
            new HealthCheck("non_learner", () => new ValueTask<string?>(LearnerFault())),
        ];
        _metrics = new HealthCheckMetrics(meter, (Livez, _live), (Readyz, _ready));
    }

    /// <summary>Null when the path is not one of these.</summary>
    public Task? TryHandle(HttpContext context)
    {
        string path = context.Request.Path.Value ?? "";
        return path switch
        {
            "/health" => HandleHealthAsync(context),
            "/livez" => HandleAsync(context, Livez, _live),
            "/readyz" => HandleAsync(context, Readyz, _ready),
            _ => TryHandleOne(context, path),
        };
    }

    private Task? TryHandleOne(HttpContext context, string path)
    {
        foreach ((string type, HealthCheck[] checks) in new[] { (Livez, _live), (Readyz, _ready) })
        {
            foreach (HealthCheck check in checks)
            {
                if (path == $"/{type}/{check.Name}")
                {
                    return HandleAsync(context, type, [check]);
                }
            }
        }

        return null;
    }

    private async Task HandleHealthAsync(HttpContext context)
    {
        string[] excluded = [.. context.Request.Query["exclude"].OfType<string>()];
        bool isSerializable = context.Request.Query["serializable"].ToString() == "true";
        string reason = AlarmReason(excluded);
        reason = reason.Length > 0 ? reason : await ServiceReasonAsync(isSerializable);
        bool isHealthy = reason.Length == 0;
        _metrics.HealthAnswered(isHealthy);
        if (!isHealthy)
        {
            _logger.Unhealthy("health", reason);
        }

        context.Response.StatusCode = isHealthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        string body = $"{{\"health\":\"{(isHealthy ? "true" : "false")}\",\"reason\":\"{reason}\"}}";
        await HttpAnswer.WriteAsync(context, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(body));
    }

    /// <summary>etcd 3.5.16, etcdhttp/health.go: checkLeader, checkAPI.</summary>
    private async ValueTask<string> ServiceReasonAsync(bool isSerializable)
    {
        if (!isSerializable && _store.Replica.Status.Leader.Value == 0)
        {
            return "RAFT NO LEADER";
        }

        string? fault = isSerializable ? ReadFault() : await CurrentReadFaultAsync();
        return fault is null ? "" : $"RANGE ERROR:{fault}";
    }

    private async Task HandleAsync(HttpContext context, string type, HealthCheck[] checks)
    {
        string[] excluded = [.. context.Request.Query["exclude"].OfType<string>()];
        var text = new StringBuilder();
        bool isHealthy = true;
        foreach (HealthCheck check in checks.Where(check => !excluded.Contains(check.Name)))
        {
            string? fault = await check.FindFault();
            _metrics.CheckAnswered(type, check, fault is null);
            isHealthy &= fault is null;
            text.Append(fault is null ? $"[+]{check.Name} ok\n" : $"[-]{check.Name} failed: {fault}\n");
            if (fault is not null)
            {
                _logger.Unhealthy(check.Name, fault);
            }
        }

        if (!isHealthy)
        {
            await HttpAnswer.WriteTextAsync(
                context, StatusCodes.Status503ServiceUnavailable, $"{text}{type} check failed\n");
            return;
        }

        string body = context.Request.Query.ContainsKey("verbose") ? $"{text}ok\n" : "ok\n";
        await HttpAnswer.WriteTextAsync(context, StatusCodes.Status200OK, body);
    }

    private string AlarmReason(string[] excluded)
    {
        foreach (AlarmMember alarm in _store.ReadAlarms())
        {
            string name = alarm.Alarm == AlarmType.Nospace ? "NOSPACE" : "CORRUPT";
            if (!excluded.Contains(name))
            {
                return $"ALARM {name}";
            }
        }

        return "";
    }

    private string? CorruptionFault() =>
        _store.Engine.State.Alarms.HasFlag(AlarmFlags.Corrupt) ? "alarm activated: CORRUPT" : null;

    private string? LearnerFault() =>
        _store.Replica.Status.Configuration.Learners.Contains(_store.Identity.Member)
            ? EtcdErrors.NotSupportedForLearner.Message
            : null;

    private async ValueTask<string?> CurrentReadFaultAsync()
    {
        StoreError error = await _store.ReadAsync();
        return error == StoreError.None ? ReadFault() : ErrorStatus.Of(error).Message;
    }

    /// <summary>Reads a key as a client would, and is counted like one (etcd 3.5.16, etcdhttp/health.go).</summary>
    private string? ReadFault()
    {
        _store.Metrics.RangesServed(1);
        var body = new ProtoBuffer();
        StoreError error;
        try
        {
            error = _store.Engine.Range(new Store.Requests.RangeRequest { Key = "health"u8, Limit = 1 }, body, out _);
        }
        catch (StoreException exception)
        {
            error = exception.Error;
        }

        return error == StoreError.None ? null : ErrorStatus.Of(error).Message;
    }
}
