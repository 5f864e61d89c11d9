namespace Keelson.StoreServer.Options;

/// <summary>What the node tells about itself.</summary>
internal static class MonitoringFlags
{
    public const string Title = "Monitoring and logging";

    private const string NoTracing = "traces are not sent yet";

    public static readonly Flag[] All =
    [
        Flag.Served("metrics", FlagKind.Text, "basic",
            "basic, or extensive: with how long calls take.",
            static (options, value) => options with { Metrics = value.Text }),
        Flag.Served("listen-metrics-urls", FlagKind.Urls, "",
            "Where /metrics, /health, /livez and /readyz are served in addition.",
            static (options, value) => options with { ListenMetricsUrls = value.Urls }),
        Flag.Served("log-level", FlagKind.Text, "info",
            "debug, info, warn, error, panic or fatal.",
            static (options, value) => options with { LogLevel = value.Text }),
        Flag.Served("log-outputs", FlagKind.List, "default",
            "default (stderr), stderr or stdout.",
            static (options, value) => options with { LogOutputs = value.Words }),
        Flag.Served("warning-unary-request-duration", FlagKind.Duration, "300ms",
            "Calls that take longer are logged.",
            static (options, value) => options with { WarningUnaryRequestDuration = value.Duration }),
        Flag.WithoutEffect("warning-apply-duration", FlagKind.Duration, "100ms",
            "Applying for longer is logged.",
            "applying never waits for reads here"),
        Flag.WithoutEffect("logger", FlagKind.Text, "zap",
            "Kind of logger.",
            "there is one: structured lines in etcd's form"),
        Flag.Refused("enable-log-rotation", FlagKind.Boolean, "false",
            "Rotate log files.",
            "log files are left to whoever runs the server"),
        Flag.WithoutEffect("log-rotation-config-json", FlagKind.Text, "",
            "How to rotate.",
            "log files are left to whoever runs the server"),
        Flag.WithoutEffect("log-format", FlagKind.Text, "json",
            "Form of log lines.",
            "there is one: structured lines in etcd's form"),
        Flag.WithoutEffect("enable-pprof", FlagKind.Boolean, "false",
            "Serve Go's profiles.",
            "this is not a Go program: dotnet-trace and dotnet-counters attach to it"),
        Flag.Refused("enable-distributed-tracing", FlagKind.Boolean, "false",
            "Send traces.", NoTracing),
        Flag.WithoutEffect("distributed-tracing-address", FlagKind.Text, "localhost:4317",
            "Where traces go.", NoTracing),
        Flag.WithoutEffect("distributed-tracing-service-name", FlagKind.Text, "etcd",
            "Name in traces.", NoTracing),
        Flag.WithoutEffect("distributed-tracing-instance-id", FlagKind.Text, "",
            "Id in traces.", NoTracing),
        Flag.WithoutEffect("distributed-tracing-sampling-rate", FlagKind.Unsigned, "0",
            "Traces per million.", NoTracing),
    ];
}
