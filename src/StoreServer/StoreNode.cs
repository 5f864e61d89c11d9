using System.Diagnostics;
using System.Diagnostics.Metrics;
using Keelson.Base.Seams;
using Keelson.Raft;
using Keelson.Raft.Membership;
using Keelson.Rpc.Health;
using Keelson.Rpc.Server;
using Keelson.Store;
using Keelson.Store.Host;
using Keelson.StoreServer.Http;
using Keelson.StoreServer.Logging;
using Keelson.StoreServer.Membership;
using Keelson.StoreServer.Metrics;
using Keelson.StoreServer.Options;
using Keelson.StoreServer.Replication;
using Keelson.StoreServer.Serving;
using Microsoft.Extensions.Logging;

namespace Keelson.StoreServer;

/// <summary>A store node: opens its directory, serves clients, stops cleanly.</summary>
public sealed class StoreNode : IAsyncDisposable
{
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HealthService _health = new();
    private readonly Meter _meter = new("Keelson.StoreServer", ServedVersion.Program);
    private readonly CancellationTokenSource _stopping = new();
    private readonly PrometheusExporter _exporter;
    private readonly StoreServerOptions _options;
    private readonly ILogger _logger;
    private Task _compacting = Task.CompletedTask;
    private NodeIdentity _identity;
    private PeerNetwork? _peers;
    private ReplicaOrder? _replica;
    private StoreEngine? _engine;
    private NodeServers? _servers;

    private StoreNode(StoreServerOptions options, ILogger logger)
    {
        _options = options;
        _logger = logger;
        _identity = NodeIdentity.Of(options);
        _exporter = new PrometheusExporter(_meter);
        ProcessMetrics.AddTo(_meter);
    }

    /// <summary>Where clients are served, as URLs with the ports that were chosen.</summary>
    public IReadOnlyList<string> Addresses => _servers?.ClientAddresses ?? [];

    /// <summary>The store that is served.</summary>
    internal StoreEngine Engine => _engine!;

    /// <summary>Who reads much at the moment.</summary>
    internal ReadGates Gates { get; } = ReadGates.OfThisProcess();

    /// <summary>Completes when the node can go on no longer; the log says why.</summary>
    public Task Failed => _failed.Task;

    /// <summary>Null when the node could not start: the log says why.</summary>
    public static async Task<StoreNode?> StartAsync(StoreServerOptions options, ILogger logger)
    {
        var node = new StoreNode(options, logger);
        try
        {
            logger.Starting(
                ServedVersion.Server, ServedVersion.Program, options.Name, options.EffectiveDataDirectory);
            node.OpenStore();
            await node.PublishAsync();
            await node.ServeAsync();
            return node;
        }
        catch (Exception exception) when (IsExpected(exception))
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
        _health.Stop();
        await HandOverAsync();
        await _stopping.CancelAsync();
        if (_servers is not null)
        {
            await _servers.StopAsync();
        }

        await CloseStoreAsync();
        _logger.Closed(_options.Name, _options.EffectiveDataDirectory);
    }

    public async ValueTask DisposeAsync()
    {
        if (_servers is not null)
        {
            await _servers.DisposeAsync();
        }

        await CloseStoreAsync();
        _stopping.Dispose();
        _exporter.Dispose();
        _meter.Dispose();
    }

    /// <summary>A port or directory in use, damaged data, a broken disk: for people to act on, not bugs.</summary>
    private static bool IsExpected(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or StoreDamageException or DiskException;

    private void OpenStore()
    {
        long started = Stopwatch.GetTimestamp();
        var disk = RealDisk.Open(DataDirectory.Prepare(_options));
        MemberOrigin origin = TakeOrigin(disk);
        _identity = origin.Identity;
        _peers = new PeerNetwork(_options, _identity, _meter, _logger);
        var ordering = new ReplicaOrdering(new ReplicaOptions
        {
            Self = _identity.Member,
            Bootstrap = Configuration.Of(origin.FirstMembers),
            Send = _peers.Send,
            Published = _peers.Published,
            StatusChanged = NoteStatus,
            HeartbeatMilliseconds = _options.HeartbeatMilliseconds,
            ElectionTicks = (int)_options.ElectionTicks,
        });
        _engine = StoreEngine.Open(
            EngineOptions(),
            new EngineSurroundings(disk, new SystemClock(), new SystemRandom()) { Ordering = ordering });
        _replica = ordering.Replica;
        _logger.Opened(
            _options.EffectiveDataDirectory, _engine.State.Revision.Value, Stopwatch.GetElapsedTime(started));
        _logger.LocalMember(_identity.Member.ToString(), _identity.Cluster.ToString());
        _peers.Connect(_engine, _replica);
        _peers.Begin(InitialMembers.Of(_options).Where(member => origin.FirstMembers.Contains(member.Id)));
        _peers.Published(_engine.State);
    }

    private Store.StoreOptions EngineOptions() => new Store.StoreOptions
    {
        RequestBytesMax = (int)_options.RequestBytesMax,
        TransactionOperationsMax = (int)_options.TxnOperationsMax,
        HistoryFilesMax = DescriptorBudget.OfThisProcess().HistoryFilesMax,
        LeaseTtlSecondsMin = _options.LeaseSecondsMin,
        WatchProgressInterval = _options.WatchProgressNotifyInterval,
        Observer = new EngineMetrics(_meter),
        Failed = Fail,
    }.Within(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <summary>The directory's, if it has one: the options may have changed since.</summary>
    private MemberOrigin TakeOrigin(RealDisk disk)
    {
        try
        {
            if (IdentityFile.TryRead(disk) is { } known)
            {
                return known;
            }

            var origin = MemberOrigin.Of(_options);
            IdentityFile.Write(disk, origin);
            return origin;
        }
        catch
        {
            disk.Dispose();
            throw;
        }
    }

    private void NoteStatus(ReplicaStatus status) => _logger.RaftStatus(
        _identity.Member.ToString(), status.Role.ToString(), status.Term.Value, status.Leader.ToString());

    private Task PublishAsync() =>
        new MemberPublisher(_engine!, _identity, _options).PublishAsync(_logger, _stopping.Token);

    private async Task ServeAsync()
    {
        var router = new Router();
        var metrics = new StoreMetrics(_meter);
        var quota = new QuotaGuard(_options.EffectiveQuotaBytes, _identity, _logger);
        var store = new ServedStore(_engine!, _options, metrics, quota)
        {
            Identity = _identity,
            Replica = _replica!,
            Stopping = _stopping.Token,
        };
        NodeGauges.AddTo(_meter, store, metrics);
        Services.AddTo(router, store, metrics, Gates);
        _health.AddTo(router);
        var observer = new CallObserver(_meter, router, _options, _logger);
        var http = new HttpSurface(_exporter, new HealthChecks(store, _meter, _logger), _options);
        _servers = await NodeServers.StartAsync(_options, router, observer, http, _logger);
        _compacting = StartCompacting(store);
        _health.Set("", HealthCheckResponse.Types.ServingStatus.Serving);
        _logger.Ready(_identity.Member.ToString(), Addresses);
    }

    private Task StartCompacting(ServedStore store)
    {
        string? fault = CompactionPolicy.Parse(
            _options.AutoCompactionMode, _options.AutoCompactionRetention, out CompactionPolicy policy);
        Invariant.Require(fault is null);
        return policy.IsOn
            ? new AutoCompactor(store, policy, TimeProvider.System, _logger).RunAsync(_stopping.Token)
            : Task.CompletedTask;
    }

    /// <summary>A leader that goes does not make the others wait for an election (etcd 3.5, server.go: Stop).</summary>
    private async Task HandOverAsync()
    {
        if (_replica is { Status.Role: RaftRole.Leader, Status.IsAlone: false })
        {
            bool moved = await _replica.HandOverAsync(default, TimeProvider.System);
            _logger.HandedOver(_identity.Member.ToString(), _replica.Status.Leader.ToString(), moved);
        }
    }

    private async Task CloseStoreAsync()
    {
        await _stopping.CancelAsync();
        await _compacting;
        if (_engine is not null)
        {
            await _engine.DisposeAsync();
        }

        if (_peers is not null)
        {
            await _peers.DisposeAsync();
        }
    }

    private void Fail(Exception exception)
    {
        _logger.StoreFailed(exception);
        _failed.TrySetResult();
    }
}
