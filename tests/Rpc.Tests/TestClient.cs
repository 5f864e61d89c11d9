using Google.Protobuf;
using Keelson.Rpc.Client;
using Keelson.Rpc.Etcd;

namespace Keelson.Rpc.Tests;

/// <summary>
/// Bytes in, bytes out over <see cref="RpcChannel"/>: the echo service does not care which message it is.
/// </summary>
internal static class TestClient
{
    /// <summary>Field 1 of LeaseKeepAliveRequest carries the number.</summary>
    public static ValueTask<RpcResult<LeaseKeepAliveRequest>> CallAsync(
        this RpcChannel channel, string method, long number, RpcCallOptions? options = null) =>
        channel.CallAsync(
            $"/{TestServer.Service}/{method}",
            new LeaseKeepAliveRequest { ID = number },
            LeaseKeepAliveRequest.Parser,
            options ?? RpcCallOptions.None);

    public static RpcChannel Channel(params Uri[] endpoints) => new(new RpcChannelOptions { Endpoints = endpoints });

    public static RpcClientStream Open(this RpcChannel channel, string method, RpcCallOptions? options = null) =>
        channel.OpenStream($"/{TestServer.Service}/{method}", options ?? RpcCallOptions.None);

    public static ValueTask<bool> SendAsync(this IMessageWriter writer, ReadOnlySpan<byte> message)
    {
        writer.Begin().Write(message);
        return writer.SendAsync();
    }

    public static byte[] Bytes(int number) => new LeaseKeepAliveRequest { ID = number }.ToByteArray();
}
