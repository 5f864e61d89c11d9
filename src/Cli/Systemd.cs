using System.Net.Sockets;

namespace Keelson.Cli;

/// <summary>
/// What a unit with Type=notify waits for (sd_notify(3)); etcd says it too (etcd 3.5, etcdmain: notifySystemd).
/// </summary>
internal static class Systemd
{
    private const string SocketVariable = "NOTIFY_SOCKET";

    /// <summary>Says that clients are served; a warning when that did not arrive, nothing without systemd.</summary>
    public static IReadOnlyList<string> SayReady()
    {
        string path = Environment.GetEnvironmentVariable(SocketVariable) ?? "";
        if (path.Length == 0)
        {
            return [];
        }

        // A name that begins with @ is abstract: it is in no directory, and a zero byte takes that sign's place.
        string name = path[0] == '@' ? "\0" + path[1..] : path;
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.SendTo("READY=1"u8, new UnixDomainSocketEndPoint(name));
            return [];
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            return [$"systemd was not told that the server is ready: {SocketVariable}={path}: {exception.Message}"];
        }
    }
}
