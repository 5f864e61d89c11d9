using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Keelson.Rpc.Server;

/// <summary>
/// Where a server listens: an IP address and port (0 chooses a free one) or the path of a Unix socket.
/// </summary>
public sealed record ListenAddress
{
    public IPEndPoint? Address { get; private init; }

    /// <summary>Created with mode 0600: only the owner may connect.</summary>
    public string? UnixPath { get; private init; }

    /// <summary>Null: plain text, HTTP/1.1 and HTTP/2 told apart by the first bytes.</summary>
    public HttpsConnectionAdapterOptions? Tls { get; private init; }

    public static ListenAddress Tcp(IPEndPoint address, HttpsConnectionAdapterOptions? tls = null) =>
        new() { Address = address, Tls = tls };

    public static ListenAddress Unix(string path) => new() { UnixPath = path };
}
