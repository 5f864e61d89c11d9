using Keelson.Base.Identity;
using Keelson.Raft.Messages;
using Keelson.StoreServer.Options;

namespace Keelson.StoreServer.Peers;

/// <summary>Both lanes to one member.</summary>
internal sealed class PeerSender : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly LaneLink _urgent;
    private readonly LaneLink _bulk;
    private readonly Task _running;

    public PeerSender(Peer peer, PeerPauses pauses, IPeerEvents events, PeerContext context)
    {
        var outage = new PeerOutage(peer.Id, events, context);
        Member = peer.Id;
        _urgent = new LaneLink(peer, PeerLane.Urgent, pauses, outage, context);
        _bulk = new LaneLink(peer, PeerLane.Bulk, pauses, outage, context);
        _running = Task.WhenAll(Start(_urgent), Start(_bulk));
    }

    public MemberId Member { get; }

    /// <summary>Bytes that wait to be sent.</summary>
    public long QueuedBytes => _urgent.QueuedBytes + _bulk.QueuedBytes;

    public void Send(Message message) => (PeerLanes.Of(message.Kind) == PeerLane.Bulk ? _bulk : _urgent).Send(message);

    public void SetUrls(IReadOnlyList<EndpointUrl> urls)
    {
        _urgent.SetUrls(urls);
        _bulk.SetUrls(urls);
    }

    public void Tick()
    {
        _urgent.Tick();
        _bulk.Tick();
    }

    /// <summary>Closes the connections; what waits is lost.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    // Connecting begins on another thread: whoever sets the peers goes on at once.
    private Task Start(LaneLink link) => Task.Run(() => link.RunAsync(_stopping.Token));
}
