using System.Diagnostics.Metrics;
using Keelson.Rpc.Health;
using Keelson.Rpc.Server;
using Keelson.StoreServer.Http;
using Keelson.StoreServer.Logging;
using Keelson.StoreServer.Membership;
using Keelson.StoreServer.Metrics;
using Keelson.StoreServer.Options;
using Microsoft.Extensions.Logging;

namespace Keelson.StoreServer;

/// <summary>A store node: opens its directory, serves clients, stops cleanly.</summary>
public sealed class StoreNode : IAsyncDisposable
{
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HealthService _health = new();
    private readonly Meter _meter = new("Keelson.StoreServer", ServedVersion.Program);
    private readonly PrometheusExporter _exporter;
    private readonly StoreServerOptions _options;
    private readonly ILogger _logger;
    private NodeServers? _servers;

    private StoreNode(StoreServerOptions options, ILogger logger)
    {
        _options = options;
        _logger = logger;
        _exporter = new PrometheusExporter(_meter);
        ProcessMetrics.AddTo(_meter);
    }

    /// <summary>Where clients are served, as URLs with the ports that were chosen.</summary>
    public IReadOnlyList<string> Addresses => _servers?.ClientAddresses ?? [];

    /// <summary>Completes when the node can go on no longer; the log says why.</summary>
    public Task Failed => _failed.Task;

    /// <summary>Null when the node could not start: the log says why.</summary>
    public static async Task<StoreNode?> StartAsync(StoreServerOptions options, ILogger logger)
    {
        var node = new StoreNode(options, logger);
        try
        {
            await node.StartAsync();
            return node;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            logger.CannotStart(exception.Message);
        }

        await node.DisposeAsync();
        return null;
    }

    /// <summary>Stops serving, lets running requests finish, closes the directory.</summary>
    public async Task StopAsync(string reason)
    {
        _logger.Stopping(reason);
        _health.Set("", HealthCheckResponse.Types.ServingStatus.NotServing);
        if (_servers is not null)
        {
            await _servers.StopAsync();
        }

        _logger.Closed(_options.Name, _options.EffectiveDataDirectory);
    }

    public async ValueTask DisposeAsync()
    {
        if (_servers is not null)
        {
            await _servers.DisposeAsync();
        }

        _exporter.Dispose();
        _meter.Dispose();
    }

    private async Task StartAsync()
    {
        NodeIdentity identity = NodeIdentity.Of(_options);
        _logger.Starting(
            ServedVersion.Server, ServedVersion.Program, _options.Name, _options.EffectiveDataDirectory);
        _logger.LocalMember(identity.Member.ToString(), identity.Cluster.ToString());
        var router = new Router();
        _health.AddTo(router);
        var observer = new CallObserver(_meter, router, _options, _logger);
        _servers = await NodeServers.StartAsync(
            _options, router, observer, new HttpSurface(_exporter, _options), _logger);
        _health.Set("", HealthCheckResponse.Types.ServingStatus.Serving);
        _logger.Ready(identity.Member.ToString(), Addresses);
    }
}
