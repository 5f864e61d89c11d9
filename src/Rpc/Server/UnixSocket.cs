using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Keelson.Rpc.Server;

/// <summary>Unix sockets that only their owner may use.</summary>
internal static class UnixSocket
{
    /// <summary>Binds; the mode is set before the server listens, so that nobody can connect in between.</summary>
    public static Socket CreateBound(EndPoint endPoint)
    {
        if (endPoint is not UnixDomainSocketEndPoint)
        {
            return SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        }

        string path = endPoint.ToString()!;
        RemoveStale(path, endPoint);
        Socket socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return socket;
    }

    /// <summary>A killed process leaves its socket behind; one that nobody answers on is removed.</summary>
    private static void RemoveStale(string path, EndPoint endPoint)
    {
        if (!File.Exists(path) || IsOrdinaryFile(path))
        {
            return;
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(endPoint);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
        }
    }

    /// <summary>Opening a socket as a file fails (ENXIO); whatever can be opened is not ours to delete.</summary>
    private static bool IsOrdinaryFile(string path)
    {
        try
        {
            using var handle = File.OpenHandle(path);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
