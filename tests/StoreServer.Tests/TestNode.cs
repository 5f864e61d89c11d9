using System.Buffers;
using Google.Protobuf;
using Keelson.Rpc;
using Keelson.Rpc.Client;
using Keelson.StoreServer.Options;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keelson.StoreServer.Tests;

/// <summary>A node on a free loopback port with a directory of its own, and a client to it.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private readonly string _directory;

    private TestNode(string directory, StoreNode node)
    {
        _directory = directory;
        Node = node;
        Uri = new Uri(node.Addresses[0]);
        Channel = new RpcChannel(new RpcChannelOptions { Endpoints = [Uri] });
    }

    public StoreNode Node { get; }

    public Uri Uri { get; }

    public RpcChannel Channel { get; }

    /// <param name="flags">etcd's flags; the directory and a free port are added.</param>
    public static Task<TestNode> StartAsync(params string[] flags) =>
        StartInAsync(Directory.CreateTempSubdirectory("keelson-node-").FullName, flags);

    /// <param name="directory">Its data; removed with the node.</param>
    /// <param name="flags">As above.</param>
    public static async Task<TestNode> StartInAsync(string directory, params string[] flags)
    {
        OptionsReading reading = OptionsReader.Read(
            [
                "--data-dir", directory, "--listen-client-urls", "http://127.0.0.1:0",
                "--advertise-client-urls", "http://127.0.0.1:2379", .. flags,
            ],
            new Dictionary<string, string>(),
            static _ => "");
        Assert.That(reading, Is.InstanceOf<OptionsReading.Serve>());
        StoreNode? node = await StoreNode.StartAsync(((OptionsReading.Serve)reading).Options, NullLogger.Instance);
        Assert.That(node, Is.Not.Null);
        return new TestNode(directory, node!);
    }

    /// <summary>A unary call that must succeed.</summary>
    public async Task<TResponse> CallAsync<TRequest, TResponse>(
        string method, TRequest request, MessageParser<TResponse> parser)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        RpcResult<TResponse> result = await Channel.CallAsync(method, request, parser, RpcCallOptions.None);
        Assert.That(result.Status, Is.EqualTo(RpcStatus.OK), method);
        return result.Value!;
    }

    /// <summary>How a call with these bytes as its only message ends.</summary>
    public async Task<RpcStatus> SendBytesAsync(
        string method, ReadOnlyMemory<byte> message, TimeSpan? timeout = null)
    {
        await using RpcClientStream stream = Channel.OpenStream(
            method, new RpcCallOptions { Timeout = timeout ?? TimeSpan.FromSeconds(30) });
        stream.Begin().Write(message.Span);
        await stream.SendAsync();
        stream.CompleteSending();
        while (await stream.ReadAsync() is not null)
        {
        }

        return stream.Status ?? default;
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await Node.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
