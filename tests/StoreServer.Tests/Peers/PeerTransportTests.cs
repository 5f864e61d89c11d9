using System.Net;
using System.Net.Sockets;
using Keelson.Base.Identity;
using Keelson.Raft.Log;
using Keelson.Raft.Messages;
using Keelson.StoreServer.Peers;

namespace Keelson.StoreServer.Tests.Peers;

/// <summary>Messages between members over real sockets.</summary>
public sealed class PeerTransportTests
{
    [Test]
    public async Task Messages_ThousandBothWays_ArriveOnceAndInTheOrderOfTheirLane()
    {
        await using PeerNode one = PeerNode.Start(1);
        await using PeerNode two = PeerNode.Start(2);
        one.Knows(two);
        two.Knows(one);
        for (int number = 1; number <= 1000; number++)
        {
            one.Transport.Send(Bulk(one, two, number, number % 500));
            two.Transport.Send(Bulk(two, one, number, 10));
            one.Transport.Send(one.Urgent(two, number));
            two.Transport.Send(two.Urgent(one, number));
        }

        foreach (PeerNode node in new[] { one, two })
        {
            await Patience.UntilAsync(() => node.Messages.Count == 2000, "all messages");
            Assert.That(Numbers(node, MessageKind.Append), Is.EqualTo(Enumerable.Range(1, 1000)));
            Assert.That(Numbers(node, MessageKind.Heartbeat), Is.EqualTo(Enumerable.Range(1, 1000)));
            Assert.That(node.Outages, Is.Empty);
        }

        Message last = two.Messages.Last(message => message.Kind == MessageKind.Append);
        Assert.That(last.Entries[0].Payload.ToArray(), Is.EqualTo(Payload(1000 % 500)));
    }

    [Test]
    public async Task Message_OfManyMegabytes_Arrives()
    {
        await using PeerNode one = PeerNode.Start(1);
        await using PeerNode two = PeerNode.Start(2);
        one.Knows(two);
        one.Transport.Send(Bulk(one, two, 1, 20 << 20));
        await Patience.UntilAsync(() => two.Messages.Count == 1, "the message");
        Assert.That(two.Messages.Single().Entries[0].Payload.Span.SequenceEqual(Payload(20 << 20)), Is.True);
    }

    [Test]
    public async Task Message_AboveTheLimit_IsNotSent()
    {
        await using PeerNode one = PeerNode.Start(1, options => options with { MessageBytesMax = 1000 });
        await using PeerNode two = PeerNode.Start(2);
        one.Knows(two);
        one.Transport.Send(Bulk(one, two, 1, 2000));
        one.Transport.Send(Bulk(one, two, 2, 500));
        await Patience.UntilAsync(() => two.Messages.Count == 1, "the smaller one");
        Assert.That(Numbers(two, MessageKind.Append), Is.EqualTo(new[] { 2 }));
        await Patience.UntilAsync(() => one.Outages.Count == 1, "the loss is reported");
    }

    [Test]
    public async Task Peer_ThatBeginsAgain_IsReachedAgainAndMissedOnce()
    {
        await using PeerNode one = PeerNode.Start(1);
        PeerNode two = PeerNode.Start(2);
        one.Knows(two);
        one.Transport.Send(one.Urgent(two, 1));
        await Patience.UntilAsync(() => two.Messages.Count == 1, "the first message");
        await two.DisposeAsync();
        await Patience.UntilAsync(() => one.Outages.Count == 1, "the outage");
        for (int number = 0; number < 50; number++)
        {
            one.Transport.Send(one.Urgent(two, 2));
            one.Transport.Send(Bulk(one, two, 2, 10));
        }

        await using PeerNode again = PeerNode.Start(2, port: two.Url.Port);
        await SendUntilAsync(one, again, () => !again.Messages.IsEmpty);
        await Patience.UntilAsync(() => one.Log.Count("peer became active") == 1, "both lanes");
        Assert.That(one.Outages, Has.Count.EqualTo(1), "one outage, however many messages it cost");
        Assert.That(one.Log.Count("peer became inactive"), Is.EqualTo(1));
        Assert.That(one.Log.Count("lost TCP streaming connection"), Is.EqualTo(2), "one for each lane");
        Assert.That(again.Messages.Where(message => message.Round == 2), Is.Empty, "old by now");
    }

    [Test]
    public async Task Peer_OfAnotherCluster_IsRefusedAndBothSay()
    {
        await using PeerNode one = PeerNode.Start(1, options => options with { Cluster = new ClusterId(0xC2) });
        await using PeerNode two = PeerNode.Start(2);
        one.Knows(two);
        await Patience.UntilAsync(() => one.Outages.Count == 1, "it is not reached");
        await one.Log.SaysAsync("due to cluster ID mismatch", 2);
        await two.Log.SaysAsync("request cluster ID mismatch", 10);
        Assert.That(
            one.Log.All.Where(line => line.Contains("due to cluster ID mismatch", StringComparison.Ordinal)).ToList(),
            Has.Count.EqualTo(2).And.All.Contain("remotePeerClusterId=c1").And.All.Contain("localMemberClusterId=c2"));
        Assert.That(two.Log.All, Has.Some.Contain("remotePeerClusterId=c2"));
        Assert.That(one.Outages, Has.Count.EqualTo(1));
        one.Transport.Send(one.Urgent(two, 1));
        Assert.That(two.Messages, Is.Empty);
    }

    [Test]
    public async Task Peer_AtTheUrlOfAnother_IsRefusedAndBothSay()
    {
        await using PeerNode one = PeerNode.Start(1);
        await using PeerNode two = PeerNode.Start(2);
        one.Transport.SetPeers([new Peer(new MemberId(7), [two.Url])]);
        await one.Log.SaysAsync("remotePeerId=7 answeringPeerId=2 reason=Receiver", 2);
        await two.Log.SaysAsync("remotePeerId=1 requestedPeerId=7 reason=Receiver", 2);
    }

    /// <summary>The first URL leads nowhere: the next one is tried.</summary>
    [Test]
    public async Task Peer_WithSeveralUrls_IsFoundAtAnyOfThem()
    {
        await using PeerNode one = PeerNode.Start(1);
        await using PeerNode two = PeerNode.Start(2);
        using Socket unused = PeerSocket.Listen(PeerNode.UrlOf(0));
        int port = ((IPEndPoint)unused.LocalEndPoint!).Port;
        unused.Dispose();
        one.Transport.SetPeers([new Peer(two.Id, [PeerNode.UrlOf(port), two.Url])]);
        await SendUntilAsync(one, two, () => !two.Messages.IsEmpty);
        one.Transport.SetPeers([new Peer(two.Id, [two.Url])]);
        await SendUntilAsync(one, two, () => two.Messages.Count > 5);
    }

    [Test]
    public async Task Peer_ThatIsNoneAnyMore_IsSentNothing()
    {
        await using PeerNode one = PeerNode.Start(1);
        await using PeerNode two = PeerNode.Start(2);
        one.Knows(two);
        await SendUntilAsync(one, two, () => !two.Messages.IsEmpty);
        one.Knows();
        await Patience.UntilAsync(() => two.Listener.Accepted == 0, "the connections are closed");
        one.Transport.Send(one.Urgent(two, 9));
        Assert.That(two.Messages.Where(message => message.Round == 9), Is.Empty);
        Assert.That(one.Outages, Is.Empty);
    }

    /// <summary>Nothing is lost of what waits when a member stops in order: the last message hands over.</summary>
    [Test]
    public async Task Stop_WithMessagesWaiting_SendsThem()
    {
        await using PeerNode one = PeerNode.Start(1, options => options with { DrainMax = Patience.Limit });
        await using PeerNode two = PeerNode.Start(2);
        one.Knows(two);
        for (int number = 1; number <= 500; number++)
        {
            one.Transport.Send(Bulk(one, two, number, 1000));
        }

        await one.Transport.StopAsync();
        await Patience.UntilAsync(() => two.Messages.Count == 500, "all that waited");
        one.Transport.Send(one.Urgent(two, 1));
        one.Knows(two);
        Assert.That(one.Transport.QueuedBytes, Is.Zero, "nothing is taken any more");
    }

    /// <summary>Its socket takes what fits into the kernel; the queue takes its bound; the rest is dropped.</summary>
    [Test]
    public async Task Receiver_ThatStopsReading_CostsNoMoreThanTheQueueAndIsNoticed()
    {
        const int bytesMax = 1 << 20;
        await using PeerNode one = PeerNode.Start(
            1, options => options with { BulkBytesMax = bytesMax, SilentTicksMax = 50 });
        using Socket listening = PeerSocket.Listen(PeerNode.UrlOf(0));
        var two = new MemberId(2);
        one.Transport.SetPeers([new Peer(two, [PeerNode.UrlOf(((IPEndPoint)listening.LocalEndPoint!).Port)])]);
        using RawPeer first = await RawPeer.AcceptAsync(listening);
        await first.WelcomeAsync(two);
        using RawPeer second = await RawPeer.AcceptAsync(listening);
        await second.WelcomeAsync(two);
        while (one.Outages.IsEmpty)
        {
            one.Transport.Send(Bulk(one.Id, two, 1, 100_000));
            Assert.That(one.Transport.QueuedBytes, Is.LessThan(bytesMax + 100_000));
            await Task.Yield();
        }

        await Patience.UntilAsync(
            () => one.Log.Count("lost TCP streaming connection") == 2, "neither lane hears anything");
    }

    /// <summary>Whoever cannot get rid of megabytes still says that it lives.</summary>
    [Test]
    public async Task Urgent_BehindABulkLaneThatStandsStill_Arrives()
    {
        await using PeerNode one = PeerNode.Start(1);
        await using PeerNode two = PeerNode.Start(2);
        using var released = new ManualResetEventSlim();
        two.Taking = message =>
        {
            if (message.Kind == MessageKind.Append)
            {
                released.Wait(Patience.Limit);
            }
        };
        one.Knows(two);
        for (int number = 1; number <= 200; number++)
        {
            one.Transport.Send(Bulk(one, two, number, 100_000));
        }

        one.Transport.Send(one.Urgent(two, 5));
        await Patience.UntilAsync(() => two.Messages.Any(message => message.Round == 5), "the heartbeat");
        Assert.That(Numbers(two, MessageKind.Append), Is.Empty);
        released.Set();
        await Patience.UntilAsync(() => Numbers(two, MessageKind.Append).Length == 200, "the rest");
    }

    [Test]
    public async Task Metrics_UnderEtcdsNames_Count()
    {
        await using PeerNode one = PeerNode.Start(1);
        await using PeerNode two = PeerNode.Start(2);
        one.Knows(two);
        one.Transport.Send(Bulk(one, two, 1, 5000));
        await Patience.UntilAsync(() => two.Messages.Count == 1, "the message");
        await Patience.UntilAsync(
            () => one.Sample("etcd_network_peer_round_trip_time_seconds_count{To=\"2\"}") > 1, "pongs");
        Assert.That(one.Sample("etcd_network_peer_sent_bytes_total{To=\"2\"}"), Is.GreaterThan(5000));
        Assert.That(two.Sample("etcd_network_peer_received_bytes_total{From=\"1\"}"), Is.GreaterThan(5000));
        await two.DisposeAsync();
        await Patience.UntilAsync(
            () => one.Sample("etcd_network_peer_sent_failures_total{To=\"2\"}") > 0, "the lost connection");
        await Patience.UntilAsync(
            () => one.Sample("etcd_network_disconnected_peers_total{Local=\"1\",Remote=\"2\"}") == 1, "the outage");
    }

    /// <summary>Where TLS will go: both sides may put another stream around the socket's.</summary>
    [Test]
    public async Task Streams_AreMadeSecureByBothSides()
    {
        int outgoing = 0;
        int incoming = 0;
        await using PeerNode one = PeerNode.Start(1, options => options with
        {
            SecureOutgoing = (stream, _, _) =>
            {
                Interlocked.Increment(ref outgoing);
                return Task.FromResult<Stream>(new BufferedStream(stream, 1));
            },
        });
        await using PeerNode two = PeerNode.Start(2, options => options with
        {
            SecureIncoming = (stream, _) => Interlocked.Increment(ref incoming) == 1
                ? throw new IOException("no certificate")
                : Task.FromResult(stream),
        });
        one.Knows(two);
        await SendUntilAsync(one, two, () => !two.Messages.IsEmpty);
        Assert.That(outgoing, Is.GreaterThan(1));
        await two.Log.SaysAsync("error=no certificate");
    }

    private static async Task SendUntilAsync(PeerNode from, PeerNode to, Func<bool> condition) =>
        await Patience.UntilAsync(
            () =>
            {
                from.Transport.Send(from.Urgent(to, 3));
                return condition();
            },
            "a message");

    private static int[] Numbers(PeerNode node, MessageKind kind) =>
    [
        .. node.Messages.Where(message => message.Kind == kind)
            .Select(message => (int)(kind == MessageKind.Append ? message.Commit.Value : message.Round)),
    ];

    private static Message Bulk(PeerNode from, PeerNode to, int number, int bytes) =>
        Bulk(from.Id, to.Id, number, bytes);

    private static Message Bulk(MemberId from, MemberId to, int number, int bytes) => new()
    {
        Kind = MessageKind.Append,
        From = from,
        To = to,
        Term = new Term(1),
        Commit = new LogIndex(number),
        Entries = [new Entry(new LogIndex(number), new Term(1), EntryKind.Normal, Payload(bytes))],
    };

    private static byte[] Payload(int bytes)
    {
        var payload = new byte[bytes];
        for (int index = 0; index < bytes; index += 97)
        {
            payload[index] = (byte)(index % 251);
        }

        return payload;
    }
}
