using System.Net;
using System.Net.Sockets;
using Keelson.StoreServer.Options;

namespace Keelson.StoreServer.Peers;

/// <summary>Sockets between members.</summary>
internal static class PeerSocket
{
    private const int Backlog = 128;

    public static async Task<Stream> ConnectAsync(
        EndpointUrl url,
        Func<Stream, EndpointUrl, CancellationToken, Task<Stream>> secure,
        CancellationToken cancellationToken)
    {
        Socket socket = Create(url);
        try
        {
            EndPoint target = url.IsUnix
                ? new UnixDomainSocketEndPoint(url.Host)
                : url.ToIPEndPoint() ?? (EndPoint)new DnsEndPoint(url.Host, url.Port);
            await socket.ConnectAsync(target, cancellationToken);
            return await secure(new NetworkStream(socket, ownsSocket: true), url, cancellationToken);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <exception cref="IOException">The address cannot be listened on.</exception>
    public static Socket Listen(EndpointUrl url)
    {
        EndPoint address = url.IsUnix
            ? new UnixDomainSocketEndPoint(url.Host)
            : url.ToIPEndPoint() ?? throw new IOException($"{url}: expected an IP address to listen on");
        var socket = new Socket(
            address.AddressFamily, SocketType.Stream, url.IsUnix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            socket.Bind(address);
            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw new IOException($"{url}: {exception.Message}", exception);
        }
    }

    // A message waits for nobody: without Nagle's algorithm.
    private static Socket Create(EndpointUrl url) => url.IsUnix
        ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
}
