namespace Keelson.StoreServer.Options;

/// <summary>Everything that a store server is told at its start. The defaults are etcd's.</summary>
public sealed record StoreServerOptions
{
    /// <summary>What --quota-backend-bytes=0 means (etcd 3.5, server/storage/quota.go).</summary>
    internal const long QuotaBytesDefault = 2L * 1024 * 1024 * 1024;

    public string Name { get; init; } = "default";

    /// <summary>Empty: <c>NAME.etcd</c> in the working directory.</summary>
    public string DataDirectory { get; init; } = "";

    public IReadOnlyList<EndpointUrl> ListenClientUrls { get; init; } = Local(2379);

    /// <summary>HTTP other than gRPC, when it shall not be on the client URLs.</summary>
    public IReadOnlyList<EndpointUrl> ListenClientHttpUrls { get; init; } = [];

    public IReadOnlyList<EndpointUrl> ListenMetricsUrls { get; init; } = [];

    public IReadOnlyList<EndpointUrl> ListenPeerUrls { get; init; } = Local(2380);

    public IReadOnlyList<EndpointUrl> AdvertiseClientUrls { get; init; } = Local(2379);

    public IReadOnlyList<EndpointUrl> InitialAdvertisePeerUrls { get; init; } = Local(2380);

    /// <summary>Empty: this member alone.</summary>
    public string InitialCluster { get; init; } = "";

    public string InitialClusterToken { get; init; } = "etcd-cluster";

    public string InitialClusterState { get; init; } = "new";

    public long HeartbeatMilliseconds { get; init; } = 100;

    public long ElectionMilliseconds { get; init; } = 1000;

    /// <summary>Zero: etcd's default of 2 GiB. Negative: none.</summary>
    public long QuotaBackendBytes { get; init; }

    public long TxnOperationsMax { get; init; } = 128;

    public long RequestBytesMax { get; init; } = 1_572_864;

    public long ConcurrentStreamsMax { get; init; } = uint.MaxValue;

    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromHours(2);

    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(20);

    public TimeSpan WatchProgressNotifyInterval { get; init; } = TimeSpan.FromMinutes(10);

    public TimeSpan WarningUnaryRequestDuration { get; init; } = TimeSpan.FromMilliseconds(300);

    public string AutoCompactionMode { get; init; } = "periodic";

    public string AutoCompactionRetention { get; init; } = "0";

    /// <summary>basic, or extensive: with how long calls took.</summary>
    public string Metrics { get; init; } = "basic";

    public string LogLevel { get; init; } = "info";

    public IReadOnlyList<string> LogOutputs { get; init; } = ["default"];

    public IReadOnlyList<string> Cors { get; init; } = ["*"];

    public IReadOnlyList<string> HostWhitelist { get; init; } = ["*"];

    /// <summary>The directory that <see cref="DataDirectory"/> and <see cref="Name"/> stand for.</summary>
    public string EffectiveDataDirectory => DataDirectory.Length > 0 ? DataDirectory : $"{Name}.etcd";

    /// <summary>Zero when there is none.</summary>
    internal long EffectiveQuotaBytes =>
        QuotaBackendBytes < 0 ? 0 : QuotaBackendBytes == 0 ? QuotaBytesDefault : QuotaBackendBytes;

    /// <summary>The shortest lease: 1.5 election timeouts, in whole seconds upwards (etcd 3.5, server.go).</summary>
    internal long LeaseSecondsMin => ((3 * ElectionTicks / 2 * HeartbeatMilliseconds) + 999) / 1000;

    /// <summary>
    /// How long a request may wait for its outcome: 5 s for the disk and two elections (etcd 3.5, config.go:
    /// ReqTimeout).
    /// </summary>
    internal long RequestTimeoutMilliseconds => 5000 + (2 * ElectionTicks * HeartbeatMilliseconds);

    /// <summary>An election timeout counts in whole heartbeats (etcd 3.5, embed/config.go: ElectionTicks).</summary>
    internal long ElectionTicks => ElectionMilliseconds / HeartbeatMilliseconds;

    /// <summary>Every fault at once; empty when the server may start with these options.</summary>
    public IReadOnlyList<string> Validate() => [.. OptionRules.Check(this)];

    private static IReadOnlyList<EndpointUrl> Local(int port) =>
        [EndpointUrl.Parse(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{port}"), out _)!];
}
