using System.Net;
using System.Net.Security;

namespace Keelson.Rpc.Server;

/// <summary>
/// Where a server listens: an IP address and port (0 chooses a free one) or the path of a Unix socket.
/// </summary>
public sealed record ListenAddress
{
    public IPEndPoint? Address { get; private init; }

    /// <summary>Created with mode 0600: only the owner may connect.</summary>
    public string? UnixPath { get; private init; }

    /// <summary>
    /// Asked for each connection: certificate, whether clients need one, who is trusted. Null: plain text, HTTP/1.1 and
    /// HTTP/2 told apart by the first bytes.
    /// </summary>
    public Func<SslServerAuthenticationOptions>? Tls { get; private init; }

    public static ListenAddress Tcp(IPEndPoint address, Func<SslServerAuthenticationOptions>? tls = null) =>
        new() { Address = address, Tls = tls };

    public static ListenAddress Unix(string path) => new() { UnixPath = path };
}
