using System.Net.Sockets;
using Keelson.Base.Identity;
using Keelson.StoreServer.Peers;

namespace Keelson.StoreServer.Tests.Peers;

/// <summary>A socket to or from a member, over which a test says whatever it wants.</summary>
internal sealed class RawPeer : IDisposable
{
    private readonly Socket _socket;
    private readonly PeerFrameReader _reader;

    private RawPeer(Socket socket)
    {
        _socket = socket;
        Stream = new NetworkStream(socket, ownsSocket: true);
        _reader = new PeerFrameReader(Stream) { PayloadBytesMax = 1 << 20 };
    }

    public NetworkStream Stream { get; }

    public static async Task<RawPeer> ConnectAsync(PeerNode node)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync("127.0.0.1", node.Url.Port);
        return new RawPeer(socket);
    }

    public static async Task<RawPeer> AcceptAsync(Socket listening) => new(await listening.AcceptAsync());

    /// <summary>A hello as member 9 would say it.</summary>
    public static PeerHello HelloTo(PeerNode node, PeerLane lane = PeerLane.Urgent) => new(
        PeerFrameLayout.ProtocolVersion, lane, node.Options.Cluster, new MemberId(9), node.Id);

    /// <summary>A connection on which messages of member 9 are expected.</summary>
    public static async Task<RawPeer> WelcomedAsync(PeerNode node, PeerLane lane = PeerLane.Urgent)
    {
        RawPeer raw = await ConnectAsync(node);
        PeerAnswer answer = await raw.GreetAsync(HelloTo(node, lane));
        Assert.That(answer.Refusal, Is.EqualTo(PeerRefusal.None));
        return raw;
    }

    public async Task<PeerAnswer> GreetAsync(PeerHello hello)
    {
        await SendAsync(PeerFrame.Encode(PeerFrameKind.Hello, hello.Encode()));
        PeerFrame? frame = await ReadAsync();
        PeerAnswer answer = default;
        Assert.That(frame is { } there && PeerAnswer.TryRead(there, out answer), Is.True);
        return answer;
    }

    /// <summary>Plays the side that was connected to; the hello that came.</summary>
    public async Task<PeerHello> WelcomeAsync(MemberId self)
    {
        PeerFrame? frame = await ReadAsync();
        PeerHello hello = default;
        Assert.That(frame is { } there && PeerHello.TryRead(there, out hello), Is.True);
        var answer = new PeerAnswer(
            PeerFrameLayout.ProtocolVersion, PeerRefusal.None, hello.Cluster, self);
        await SendAsync(answer.Encode());
        return hello;
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await Stream.WriteAsync(bytes);

    public async Task<PeerFrame?> ReadAsync()
    {
        using var patience = new CancellationTokenSource(Patience.Limit);
        return await _reader.ReadAsync(patience.Token);
    }

    /// <summary>The other side closes the connection, whatever it says before.</summary>
    public async Task EndsAsync()
    {
        try
        {
            while (await ReadAsync() is not null)
            {
            }
        }
        catch (IOException)
        {
            // Closed with something unread.
        }
    }

    public void Dispose() => _socket.Dispose();
}
