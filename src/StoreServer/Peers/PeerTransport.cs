using System.Collections.Frozen;
using Keelson.Base.Identity;
using Keelson.Raft.Messages;
using Keelson.StoreServer.Logging;
using Microsoft.Extensions.Logging;

namespace Keelson.StoreServer.Peers;

/// <summary>Sends to the other members over connections that it makes; they send over their own.</summary>
internal sealed class PeerTransport : IPeerTransport, IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _ending = [];
    private readonly IPeerEvents _events;
    private readonly PeerContext _context;
    private readonly PeerPauses _pauses;
    private readonly Task _ticking;
    private FrozenDictionary<MemberId, PeerSender> _senders = FrozenDictionary<MemberId, PeerSender>.Empty;
    private bool _isStopped;

    public PeerTransport(PeerOptions options, IPeerEvents events, PeerMetrics metrics, ILogger logger)
    {
        _events = events;
        _context = new PeerContext(options, metrics, logger);
        _pauses = new PeerPauses(options);
        _ticking = Task.Run(TickAsync);
    }

    /// <summary>Bytes that wait to be sent to anyone.</summary>
    public long QueuedBytes => Volatile.Read(ref _senders).Values.Sum(sender => sender.QueuedBytes);

    public void Send(Message message)
    {
        // Who is no peer any more, or not yet, is sent nothing: consensus tries again when it is one.
        if (Volatile.Read(ref _senders).TryGetValue(message.To, out PeerSender? sender))
        {
            sender.Send(message);
        }
    }

    public void SetPeers(IReadOnlyList<Peer> peers)
    {
        lock (_lock)
        {
            if (_isStopped)
            {
                return;
            }

            var next = new Dictionary<MemberId, PeerSender>();
            foreach (Peer peer in peers)
            {
                Invariant.Require(peer.Id != _context.Options.Self && peer.Urls.Count > 0);
                if (_senders.TryGetValue(peer.Id, out PeerSender? sender))
                {
                    sender.SetUrls(peer.Urls);
                    next.Add(peer.Id, sender);
                }
                else
                {
                    next.Add(peer.Id, new PeerSender(peer, _pauses, _events, _context));
                    _context.Logger.StartedPeer(peer.Id.ToString());
                }
            }

            FrozenDictionary<MemberId, PeerSender> before = _senders;
            Volatile.Write(ref _senders, next.ToFrozenDictionary());
            _ending.RemoveAll(static task => task.IsCompleted);
            _ending.AddRange(before.Values.Where(each => !next.ContainsKey(each.Member)).Select(EndAsync));
        }
    }

    /// <summary>Gives what waits a moment to leave, then closes everything.</summary>
    public async Task StopAsync()
    {
        long started = _context.Options.Time.GetTimestamp();
        while (QueuedBytes > 0 && _context.Options.Time.GetElapsedTime(started) < _context.Options.DrainMax)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), _context.Options.Time);
        }

        SetPeers([]);
        List<Task> ending;
        lock (_lock)
        {
            _isStopped = true;
            ending = [.. _ending];
        }

        await _stopping.CancelAsync();
        await Task.WhenAll([.. ending, _ticking]);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stopping.IsCancellationRequested)
        {
            await StopAsync();
        }

        _stopping.Dispose();
    }

    private async Task EndAsync(PeerSender sender)
    {
        await sender.DisposeAsync();
        _context.Logger.StoppedPeer(sender.Member.ToString());
    }

    private async Task TickAsync()
    {
        using var timer = new PeriodicTimer(_context.Options.Tick, _context.Options.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                foreach (PeerSender sender in Volatile.Read(ref _senders).Values)
                {
                    sender.Tick();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The transport stops.
        }
    }
}
