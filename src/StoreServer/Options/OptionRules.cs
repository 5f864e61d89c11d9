namespace Keelson.StoreServer.Options;

/// <summary>What etcd checks of its configuration before it starts (etcd 3.5, embed/config.go, Validate).</summary>
internal static class OptionRules
{
    private const long ElectionMillisecondsMax = 50_000;
    private const long ElectionPerHeartbeatMin = 5;

    /// <summary>A request is one entry in memory several times over; etcd warns from 10 MiB on.</summary>
    private const long RequestBytesLimit = 128L * 1024 * 1024;

    private const string TlsIsMissing = "TLS is not served yet: use http URLs, or a unix socket";

    public static IEnumerable<string> Check(StoreServerOptions options) =>
        Membership(options)
            .Concat(Times(options))
            .Concat(Limits(options))
            .Concat(Words(options))
            .Concat(Listening("listen-client-urls", options.ListenClientUrls))
            .Concat(Listening("listen-client-http-urls", options.ListenClientHttpUrls))
            .Concat(Listening("listen-metrics-urls", options.ListenMetricsUrls));

    private static IEnumerable<string> Membership(StoreServerOptions options)
    {
        if (options.Name.Length == 0)
        {
            yield return "--name must not be empty";
        }

        if (options.InitialClusterState is not ("new" or "existing"))
        {
            yield return $"unexpected clusterState \"{options.InitialClusterState}\"";
        }

        if (options.ListenClientUrls.Count == 0)
        {
            yield return "--listen-client-urls must name at least one URL";
        }

        if (options.InitialAdvertisePeerUrls.Count == 0)
        {
            yield return "--initial-advertise-peer-urls must name at least one URL";
        }

        foreach (string fault in InitialClusterText.Check(options))
        {
            yield return fault;
        }
    }

    private static IEnumerable<string> Times(StoreServerOptions options)
    {
        long heartbeat = options.HeartbeatMilliseconds;
        long election = options.ElectionMilliseconds;
        if (heartbeat <= 0)
        {
            yield return $"--heartbeat-interval must be >0 (set to {heartbeat}ms)";
        }
        else if (heartbeat > election / ElectionPerHeartbeatMin)
        {
            yield return $"--election-timeout[{election}ms] should be at least as {ElectionPerHeartbeatMin} times as "
                + $"--heartbeat-interval[{heartbeat}ms]";
        }

        if (election > ElectionMillisecondsMax)
        {
            yield return $"--election-timeout[{election}ms] is too long, and should be set less than "
                + $"{ElectionMillisecondsMax}ms";
        }

        // etcd: the interval has a floor of 100 ms (mvcc, watchable store).
        if (options.WatchProgressNotifyInterval < TimeSpan.FromMilliseconds(100))
        {
            yield return "--watch-progress-notify-interval must be at least 100ms";
        }

        if (options.KeepAliveInterval < TimeSpan.Zero || options.KeepAliveTimeout < TimeSpan.Zero)
        {
            yield return "--grpc-keepalive-interval and --grpc-keepalive-timeout must not be negative";
        }
    }

    private static IEnumerable<string> Limits(StoreServerOptions options)
    {
        if (options.RequestBytesMax is < 1 or > RequestBytesLimit)
        {
            yield return $"--max-request-bytes must be from 1 to {RequestBytesLimit} "
                + $"(set to {options.RequestBytesMax})";
        }

        if (options.TxnOperationsMax is < 1 or > int.MaxValue)
        {
            yield return $"--max-txn-ops must be from 1 to {int.MaxValue} (set to {options.TxnOperationsMax})";
        }

        if (options.ConcurrentStreamsMax is < 1 or > uint.MaxValue)
        {
            yield return $"--max-concurrent-streams must be from 1 to {uint.MaxValue} "
                + $"(set to {options.ConcurrentStreamsMax})";
        }
    }

    private static IEnumerable<string> Words(StoreServerOptions options)
    {
        if (!Logging.LogLevels.TryParse(options.LogLevel, out _))
        {
            yield return $"unrecognized level: \"{options.LogLevel}\"";
        }

        if (CompactionPolicy.Parse(options.AutoCompactionMode, options.AutoCompactionRetention, out _) is { } fault)
        {
            yield return fault;
        }

        if (options.Metrics is not ("basic" or "extensive"))
        {
            yield return $"--metrics must be basic or extensive (set to \"{options.Metrics}\")";
        }

        if (options.LogOutputs.Count != 1 || options.LogOutputs[0] is not ("default" or "stderr" or "stdout"))
        {
            yield return "--log-outputs must be one of default, stderr, stdout: log files are left to whoever runs the "
                + "server";
        }
    }

    private static IEnumerable<string> Listening(string flag, IReadOnlyList<EndpointUrl> urls)
    {
        foreach (EndpointUrl url in urls)
        {
            if (url.IsTls)
            {
                yield return $"--{flag}: {url}: {TlsIsMissing}";
            }
            else if (!url.IsUnix && url.ToIPEndPoint() is null)
            {
                yield return $"--{flag}: expected IP in URL for binding ({url})";
            }
        }
    }
}
