using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using Keelson.Base.Identity;
using Keelson.Raft.Messages;
using Keelson.Simulation;
using Keelson.StoreServer.Metrics;
using Keelson.StoreServer.Options;
using Keelson.StoreServer.Peers;
using Keelson.StoreServer.Tests.Metrics;

namespace Keelson.StoreServer.Tests.Peers;

/// <summary>A member of a cluster that consists of nothing but its connections.</summary>
internal sealed class PeerNode : IPeerEvents, IAsyncDisposable
{
    private readonly Meter _meter = new("peers");
    private readonly PrometheusExporter _exporter;
    private readonly PeerMetrics _metrics;

    private PeerNode(ulong id, int port, Func<PeerOptions, PeerOptions> change)
    {
        Id = new MemberId(id);
        _exporter = new PrometheusExporter(_meter);
        _metrics = new PeerMetrics(_meter, Id);
        Options = change(new PeerOptions
        {
            Cluster = new ClusterId(0xC1),
            Self = Id,
            Random = new SeededRandom(id),
            // Patient enough for a loaded machine; the tests of dead links shorten it.
            Tick = TimeSpan.FromMilliseconds(20),
            SilentTicksMax = 3000,
            ConnectMax = TimeSpan.FromSeconds(30),
            RetryMin = TimeSpan.FromMilliseconds(10),
            RetryMax = TimeSpan.FromMilliseconds(100),
        });
        Listener = PeerListener.Start([UrlOf(port)], Options, this, _metrics, Log);
        Url = UrlOf(((IPEndPoint)Listener.EndPoints[0]).Port);
        Transport = new PeerTransport(Options, this, _metrics, Log);
    }

    public MemberId Id { get; }

    public PeerOptions Options { get; }

    public PeerListener Listener { get; }

    public PeerTransport Transport { get; }

    public EndpointUrl Url { get; }

    public LogLines Log { get; } = new();

    public ConcurrentQueue<Message> Messages { get; } = new();

    public ConcurrentQueue<MemberId> Outages { get; } = new();

    /// <summary>Called with each message before it counts as taken.</summary>
    public Action<Message> Taking { get; set; } = static _ => { };

    public static PeerNode Start(ulong id, Func<PeerOptions, PeerOptions>? change = null, int port = 0) =>
        new(id, port, change ?? (static options => options));

    public static EndpointUrl UrlOf(int port) => EndpointUrl.Parse($"http://127.0.0.1:{port}", out _)!;

    public void Received(Message message)
    {
        Taking(message);
        Messages.Enqueue(message);
    }

    public void Unreachable(MemberId member) => Outages.Enqueue(member);

    public void Knows(params PeerNode[] others) =>
        Transport.SetPeers([.. others.Select(each => new Peer(each.Id, [each.Url]))]);

    public Message Urgent(PeerNode to, long round) => new()
    {
        Kind = MessageKind.Heartbeat,
        From = Id,
        To = to.Id,
        Term = new Term(1),
        Round = round,
    };

    public double Sample(string name) => ScrapeText.Parse(_exporter.Render()).Samples.GetValueOrDefault(name);

    public async ValueTask DisposeAsync()
    {
        await Transport.DisposeAsync();
        await Listener.DisposeAsync();
        _exporter.Dispose();
        _meter.Dispose();
    }
}
