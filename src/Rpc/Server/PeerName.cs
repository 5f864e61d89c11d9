using Microsoft.AspNetCore.Http.Features;

namespace Keelson.Rpc.Server;

/// <summary>How a caller's address is written in logs.</summary>
internal static class PeerName
{
    public static string Of(IHttpConnectionFeature? connection) =>
        connection?.RemoteIpAddress is { } address
            ? new System.Net.IPEndPoint(address, connection.RemotePort).ToString()
            : "unix";
}
