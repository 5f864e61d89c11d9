using System.Diagnostics.Metrics;
using Keelson.Base.Identity;
using Keelson.Raft.Messages;
using Keelson.Rpc.Etcd;
using Keelson.Store.Host;
using Keelson.Store.Mvcc;
using Keelson.Store.Tree;
using Keelson.StoreServer.Logging;
using Keelson.StoreServer.Options;
using Keelson.StoreServer.Peers;
using Keelson.StoreServer.Replication;
using Microsoft.Extensions.Logging;

namespace Keelson.StoreServer.Membership;

/// <summary>
/// This member's connections with the others, whoever the replicated state says they are. Without others nothing is
/// listened on: most single nodes never have one.
/// </summary>
internal sealed class PeerNetwork : IPeerEvents, IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly StoreServerOptions _options;
    private readonly PeerOptions _peers;
    private readonly PeerMetrics _metrics;
    private readonly PeerTransport _transport;
    private readonly ILogger _logger;
    private PeerListener? _listener;
    private StoreEngine? _engine;
    private ReplicaOrder? _replica;
    private TreeRoot? _seen;

    public PeerNetwork(StoreServerOptions options, NodeIdentity identity, Meter meter, ILogger logger)
    {
        _options = options;
        _logger = logger;
        _peers = new PeerOptions
        {
            Cluster = identity.Cluster,
            Self = identity.Member,
            Random = new SystemRandom(),
        };
        _metrics = new PeerMetrics(meter, identity.Member);
        _transport = new PeerTransport(_peers, this, _metrics, logger);
    }

    /// <summary>Until the state says something else; listens if there are others.</summary>
    /// <exception cref="IOException">The peer port cannot be listened on.</exception>
    public void Begin(IEnumerable<InitialMember> members) => SetPeers(
        [.. members.Select(member => (member.Id, (IEnumerable<string>)member.PeerUrls))]);

    /// <summary>From now on messages have somewhere to go.</summary>
    public void Connect(StoreEngine engine, ReplicaOrder replica)
    {
        _engine = engine;
        Volatile.Write(ref _replica, replica);
    }

    public void Send(Message message) => _transport.Send(message);

    /// <summary>A new state; follows the members in it. On the apply loop.</summary>
    public void Published(StoreState state)
    {
        if (_engine is null || _seen == state.Settings)
        {
            return;
        }

        _seen = state.Settings;
        IReadOnlyList<Member> members = MemberRecord.Read(_engine.Readers);
        if (members.Count > 0)
        {
            try
            {
                SetPeers([.. members.Select(each => (new MemberId(each.ID), (IEnumerable<string>)each.PeerURLs))]);
            }
            catch (IOException exception)
            {
                _logger.CannotListenToPeers(exception.Message);
            }
        }
    }

    public void Received(Message message) => Volatile.Read(ref _replica)?.Receive(message);

    public void Unreachable(MemberId member) => Volatile.Read(ref _replica)?.ReportUnreachable(member);

    public async ValueTask DisposeAsync()
    {
        await _transport.DisposeAsync();
        if (_listener is not null)
        {
            await _listener.DisposeAsync();
        }
    }

    private void SetPeers(IReadOnlyList<(MemberId Id, IEnumerable<string> Urls)> members)
    {
        lock (_lock)
        {
            Peer[] others =
            [
                .. members.Where(member => member.Id != _peers.Self)
                    .Select(member => new Peer(member.Id, [.. member.Urls.Select(Parse)])),
            ];
            if (others.Length > 0)
            {
                _listener ??= PeerListener.Start(_options.ListenPeerUrls, _peers, this, _metrics, _logger);
            }

            _transport.SetPeers(others);
        }
    }

    private static EndpointUrl Parse(string url)
    {
        EndpointUrl? parsed = EndpointUrl.Parse(url, out string fault);
        // Whoever put it into the state had checked it.
        Invariant.Require(parsed is not null, fault);
        return parsed!;
    }
}
