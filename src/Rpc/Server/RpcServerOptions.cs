namespace Keelson.Rpc.Server;

/// <summary>Limits and times of a server. The defaults are etcd's where it has one.</summary>
public sealed record RpcServerOptions
{
    public required IReadOnlyList<ListenAddress> Listen { get; init; }

    /// <summary>etcd: 1,572,864 bytes for a request and 512 KiB for what gRPC adds.</summary>
    public int ReceiveMessageBytesMax { get; init; } = 1_572_864 + (512 * 1024);

    /// <summary>
    /// etcd's default is "no limit"; a stream costs kilobytes, so a limit that no honest client meets protects the
    /// rest.
    /// </summary>
    public int StreamsPerConnectionMax { get; init; } = 1 << 20;

    /// <summary>Connections at a time, over all addresses; those above wait in the kernel's queue.</summary>
    public int ConnectionsMax { get; init; } = int.MaxValue;

    public int HeaderBytesMax { get; init; } = 32 * 1024;

    /// <summary>How long a new connection may take to say its first words.</summary>
    public TimeSpan HeadersTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>etcd's --grpc-keepalive-interval.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromHours(2);

    /// <summary>etcd's --grpc-keepalive-timeout.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Connections without a call stay open: etcd never closes them. Not infinite, because Kestrel (10.0) adds that to
    /// its clock, overflows and closes the connection within a second.
    /// </summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromDays(365);

    public int ConnectionWindowBytes { get; init; } = 4 * 1024 * 1024;

    public int StreamWindowBytes { get; init; } = 1024 * 1024;

    /// <summary>Answers what is not gRPC; null refuses it.</summary>
    public IHttpFallback? Fallback { get; init; }

    public IRpcObserver? Observer { get; init; }

    public IConnectionObserver? ConnectionObserver { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
