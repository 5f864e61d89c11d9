using System.Diagnostics.Metrics;
using Keelson.StoreServer.Metrics;

namespace Keelson.StoreServer.Http;

/// <summary>How health checks were answered, under etcd's names.</summary>
internal sealed class HealthCheckMetrics
{
    private readonly Counter<long> _successes;
    private readonly Counter<long> _failures;
    private readonly Dictionary<(string Type, HealthCheck Check), Entry> _entries = [];

    public HealthCheckMetrics(Meter meter, params ReadOnlySpan<(string Type, HealthCheck[] Checks)> groups)
    {
        _successes = meter.CreateCounter<long>(
            "etcd_server_health_success", null, "The total number of successful health checks.");
        _failures = meter.CreateCounter<long>(
            "etcd_server_health_failures", null, "The total number of failed health checks.");
        foreach ((string type, HealthCheck[] checks) in groups)
        {
            foreach (HealthCheck check in checks)
            {
                _entries[(type, check)] = new Entry(meter, type, check.Name);
            }
        }
    }

    public void HealthAnswered(bool isHealthy) => (isHealthy ? _successes : _failures).Add(1);

    public void CheckAnswered(string type, HealthCheck check, bool isHealthy) =>
        _entries[(type, check)].Answered(isHealthy);

    private sealed class Entry
    {
        private readonly Counter<long> _successes;
        private readonly Counter<long> _errors;
        private long _last;

        public Entry(Meter meter, string type, string name)
        {
            KeyValuePair<string, object?>[] labels = [new("name", name), new("type", type)];
            meter.CreateObservableGauge(
                "etcd_server_healthcheck", () => Volatile.Read(ref _last), null,
                "The result of each kind of healthcheck.", labels);
            const string Help = "The total number of each kind of healthcheck.";
            _successes = meter.CreateCounter<long>(
                "etcd_server_healthchecks_total", null, Help, Labels.Of([.. labels, new("status", "success")]));
            _errors = meter.CreateCounter<long>(
                "etcd_server_healthchecks_total", null, Help, Labels.Of([.. labels, new("status", "error")]));
        }

        public void Answered(bool isHealthy)
        {
            Volatile.Write(ref _last, isHealthy ? 1 : 0);
            (isHealthy ? _successes : _errors).Add(1);
        }
    }
}
