using System.Net.Security;

namespace Keelson.Rpc.Client;

/// <summary>Where a client connects to and how.</summary>
public sealed record RpcChannelOptions
{
    /// <summary>
    /// <c>http://host:port</c>, <c>https://host:port</c> or <c>unix:///path</c>; calls go round all of them.
    /// </summary>
    public required IReadOnlyList<Uri> Endpoints { get; init; }

    /// <summary>
    /// One HTTP/2 connection is one TCP stream and one lock on either side: more of them spread load.
    /// </summary>
    public int ConnectionsPerEndpoint { get; init; } = 1;

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an endpoint that could not be reached is passed over while another one is left.</summary>
    public TimeSpan PenaltyTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>etcd's client: no limit but the format's.</summary>
    public int ReceiveMessageBytesMax { get; init; } = int.MaxValue;

    /// <summary>For https endpoints; null takes the defaults of the platform.</summary>
    public SslClientAuthenticationOptions? Tls { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
