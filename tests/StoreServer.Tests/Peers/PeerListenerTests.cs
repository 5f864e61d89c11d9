using Keelson.Base.Identity;
using Keelson.Raft.Messages;
using Keelson.Simulation;
using Keelson.StoreServer.Peers;

namespace Keelson.StoreServer.Tests.Peers;

/// <summary>Whatever arrives at the port of members: only what one of them said gets through.</summary>
public sealed class PeerListenerTests
{
    [TestCase(2, 0xC1, 9, 1, 1, ExpectedResult = (int)PeerRefusal.Version)]
    [TestCase(1, 0xC2, 9, 1, 1, ExpectedResult = (int)PeerRefusal.Cluster)]
    [TestCase(1, 0xC1, 9, 3, 1, ExpectedResult = (int)PeerRefusal.Receiver)]
    [TestCase(1, 0xC1, 1, 1, 1, ExpectedResult = (int)PeerRefusal.Sender)]
    [TestCase(1, 0xC1, 0, 1, 1, ExpectedResult = (int)PeerRefusal.Sender)]
    [TestCase(1, 0xC1, 9, 1, 3, ExpectedResult = (int)PeerRefusal.Lane)]
    [TestCase(1, 0xC1, 9, 1, 2, ExpectedResult = (int)PeerRefusal.None)]
    public async Task<int> Hello_IsAnsweredWithWhatIsWrong(int version, int cluster, int from, int to, int lane)
    {
        await using PeerNode node = PeerNode.Start(1);
        using RawPeer raw = await RawPeer.ConnectAsync(node);
        PeerAnswer answer = await raw.GreetAsync(new PeerHello(
            (ushort)version, (PeerLane)lane, new ClusterId((ulong)cluster), Id(from), Id(to)));
        Assert.That((answer.Version, answer.Cluster, answer.Member), Is.EqualTo((1, new ClusterId(0xC1), Id(1))));
        if (answer.Refusal != PeerRefusal.None)
        {
            await raw.EndsAsync();
        }

        return (int)answer.Refusal;
    }

    /// <summary>Random bytes, with and without a handshake before them; a member is served all the while.</summary>
    [Test]
    public async Task Garbage_EndsItsConnectionAndNothingElse()
    {
        await using PeerNode node = PeerNode.Start(1);
        using RawPeer good = await RawPeer.WelcomedAsync(node);
        var random = new SeededRandom(5);
        for (int round = 0; round < 100; round++)
        {
            using RawPeer raw = round % 2 == 0
                ? await RawPeer.ConnectAsync(node)
                : await RawPeer.WelcomedAsync(node, PeerLane.Bulk);
            var garbage = new byte[PeerFrameLayout.HeaderBytes + random.Below(5000)];
            random.Fill(garbage);
            await raw.SendAsync(garbage);
            await raw.EndsAsync();
        }

        await good.SendAsync(Frame(Heartbeat(1)));
        await Patience.UntilAsync(() => node.Messages.Count == 1, "the member's message");
        await Patience.UntilAsync(() => node.Listener.Accepted == 1, "the others are gone");
        Assert.That(node.Log.Count("rejected connection"), Is.EqualTo(50));
    }

    /// <summary>Every bit of a frame in turn: none of the damaged messages is taken for one.</summary>
    [Test]
    public async Task Frame_WithAFlippedBit_IsNoMessage()
    {
        await using PeerNode node = PeerNode.Start(1);
        byte[] frame = Frame(Heartbeat(1));
        for (int bit = 0; bit < frame.Length * 8; bit += 3)
        {
            byte[] damaged = [.. frame];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            using RawPeer raw = await RawPeer.WelcomedAsync(node);
            await raw.SendAsync(damaged);
            await raw.EndsAsync();
        }

        Assert.That(node.Messages, Is.Empty);
    }

    [Test]
    public async Task Frame_CutOff_IsNoMessage()
    {
        await using PeerNode node = PeerNode.Start(1);
        byte[] frame = Frame(Heartbeat(1));
        for (int length = 1; length < frame.Length; length++)
        {
            using RawPeer raw = await RawPeer.WelcomedAsync(node);
            await raw.SendAsync(frame.AsMemory(0, length));
        }

        await Patience.UntilAsync(() => node.Listener.Accepted == 0, "all are gone");
        Assert.That(node.Messages, Is.Empty);
    }

    [Test]
    public async Task Frame_InPieces_IsAMessage()
    {
        await using PeerNode node = PeerNode.Start(1);
        using RawPeer raw = await RawPeer.WelcomedAsync(node);
        byte[] frames = [.. Frame(Heartbeat(1)), .. Frame(Heartbeat(2)), .. Frame(Heartbeat(3))];
        foreach (byte each in frames)
        {
            await raw.SendAsync(new[] { each });
        }

        await Patience.UntilAsync(() => node.Messages.Count == 3, "three messages");
        Assert.That(node.Messages.Select(message => message.Round), Is.EqualTo(new[] { 1, 2, 3 }));
    }

    /// <summary>A length costs no memory before the bytes are there, and one above the limit ends everything.</summary>
    [TestCase(int.MaxValue)]
    [TestCase(-1)]
    [TestCase((256 << 20) + 1)]
    public async Task Frame_OfAnAbsurdLength_EndsTheConnection(int length)
    {
        await using PeerNode node = PeerNode.Start(1);
        using RawPeer raw = await RawPeer.WelcomedAsync(node);
        byte[] frame = Frame(Heartbeat(1));
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(frame, length);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(
            frame.AsSpan(PeerFrameLayout.HeaderChecksumOffset),
            Base.Codec.Crc32C.Compute(frame.AsSpan(0, PeerFrameLayout.HeaderChecksumOffset)));
        await raw.SendAsync(frame);
        await raw.EndsAsync();
        await node.Log.SaysAsync($"a frame of {length} bytes");
    }

    [TestCase(PeerFrameKind.Hello)]
    [TestCase(PeerFrameKind.Pong)]
    public async Task Frame_ThatDoesNotBelongThere_EndsTheConnection(object kind)
    {
        await using PeerNode node = PeerNode.Start(1);
        using RawPeer raw = await RawPeer.WelcomedAsync(node);
        await raw.SendAsync(PeerFrame.EncodeStamp((PeerFrameKind)kind, 1));
        await raw.EndsAsync();
        await node.Log.SaysAsync($"{kind} where messages are expected");
    }

    [Test]
    public async Task Message_OfOrForSomebodyElse_IsDroppedAndCounted()
    {
        await using PeerNode node = PeerNode.Start(1);
        using RawPeer raw = await RawPeer.WelcomedAsync(node);
        await raw.SendAsync(Frame(Heartbeat(1) with { From = Id(8) }));
        await raw.SendAsync(Frame(Heartbeat(2) with { To = Id(8) }));
        await raw.SendAsync(PeerFrame.Encode(PeerFrameKind.Message, new byte[40]));
        await raw.SendAsync(Frame(Heartbeat(4)));
        await Patience.UntilAsync(() => node.Messages.Count == 1, "the last message");
        Assert.That(node.Messages.Single().Round, Is.EqualTo(4));
        Assert.That(node.Sample("etcd_network_peer_received_failures_total{From=\"9\"}"), Is.EqualTo(3));
        Assert.That(node.Log.Count("dropped messages"), Is.EqualTo(1), "said once for a connection");
    }

    [Test]
    public async Task Ping_IsAnsweredWithItsStamp()
    {
        await using PeerNode node = PeerNode.Start(1, options => options with { Tick = TimeSpan.FromHours(1) });
        using RawPeer raw = await RawPeer.WelcomedAsync(node);
        await raw.SendAsync(PeerFrame.EncodeStamp(PeerFrameKind.Ping, 12345));
        PeerFrame? frame = await raw.ReadAsync();
        long stamp = 0;
        Assert.That(frame is { } pong && pong.TryReadStamp(PeerFrameKind.Pong, out stamp), Is.True);
        Assert.That(stamp, Is.EqualTo(12345));
    }

    /// <summary>Pings wait behind what is large: whoever sends it must not take the silence for a dead link.</summary>
    [Test]
    public async Task Message_ThatTakesLong_IsSaidToBeArriving()
    {
        await using PeerNode node = PeerNode.Start(1);
        using RawPeer raw = await RawPeer.WelcomedAsync(node, PeerLane.Bulk);
        byte[] frame = PeerFrame.Encode(PeerFrameKind.Message, new byte[1000]);
        await raw.SendAsync(frame.AsMemory(0, 500));
        PeerFrame? pong = await raw.ReadAsync();
        Assert.That(pong is { } there && there.TryReadStamp(PeerFrameKind.Pong, out long stamp) && stamp == 0, Is.True);
    }

    [Test]
    public async Task Silence_AfterAndInsteadOfAHandshake_IsNotWaitedForLong()
    {
        await using PeerNode node = PeerNode.Start(
            1, options => options with { SilentTicksMax = 3, ConnectMax = TimeSpan.FromMilliseconds(100) });
        using RawPeer silent = await RawPeer.ConnectAsync(node);
        await silent.EndsAsync();
        using RawPeer half = await RawPeer.ConnectAsync(node);
        await half.SendAsync(PeerFrame.Encode(PeerFrameKind.Hello, RawPeer.HelloTo(node).Encode()).AsMemory(0, 20));
        await half.EndsAsync();
        using RawPeer welcomed = await RawPeer.WelcomedAsync(node);
        await welcomed.EndsAsync();
        await Patience.UntilAsync(() => node.Listener.Accepted == 0, "all are gone");
    }

    /// <summary>A member that lost a connection makes another one before this one notices.</summary>
    [Test]
    public async Task Member_ThatConnectsAgain_ReplacesItsFormerConnection()
    {
        await using PeerNode node = PeerNode.Start(1);
        using RawPeer former = await RawPeer.WelcomedAsync(node);
        using RawPeer otherLane = await RawPeer.WelcomedAsync(node, PeerLane.Bulk);
        using RawPeer again = await RawPeer.WelcomedAsync(node);
        await former.EndsAsync();
        await otherLane.SendAsync(Frame(Heartbeat(1)));
        await again.SendAsync(Frame(Heartbeat(2)));
        await Patience.UntilAsync(() => node.Messages.Count == 2, "both that are left");
    }

    [Test]
    public async Task Connections_AboveTheLimit_AreClosedAtOnce()
    {
        await using PeerNode node = PeerNode.Start(1, options => options with { AcceptedMax = 2 });
        RawPeer first = await RawPeer.WelcomedAsync(node);
        using RawPeer second = await RawPeer.WelcomedAsync(node, PeerLane.Bulk);
        using RawPeer third = await RawPeer.ConnectAsync(node);
        await third.EndsAsync();
        first.Dispose();
        await Patience.UntilAsync(() => node.Listener.Accepted == 1, "a place");
        using RawPeer fourth = await RawPeer.WelcomedAsync(node);
        await node.Log.SaysAsync("as many connections of peers");
    }

    [Test]
    public async Task Handler_ThatThrows_EndsTheConnectionOnly()
    {
        await using PeerNode node = PeerNode.Start(1);
        node.Taking = static message => ObjectDisposedException.ThrowIf(message.Round == 7, message);
        using RawPeer raw = await RawPeer.WelcomedAsync(node);
        await raw.SendAsync(Frame(Heartbeat(7)));
        await raw.EndsAsync();
        using RawPeer next = await RawPeer.WelcomedAsync(node);
        await next.SendAsync(Frame(Heartbeat(8)));
        await Patience.UntilAsync(() => node.Messages.Count == 1, "the next message");
    }

    private static MemberId Id(int value) => new((ulong)value);

    private static Message Heartbeat(long round) =>
        new() { Kind = MessageKind.Heartbeat, From = Id(9), To = Id(1), Term = new Term(1), Round = round };

    private static byte[] Frame(Message message)
    {
        var payload = new byte[MessageCodec.Size(message)];
        MessageCodec.Write(message, payload);
        return PeerFrame.Encode(PeerFrameKind.Message, payload);
    }
}
