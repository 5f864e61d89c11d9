using System.Net;
using System.Net.Sockets;
using Keelson.Base.Identity;
using Keelson.StoreServer.Logging;
using Keelson.StoreServer.Options;
using Microsoft.Extensions.Logging;

namespace Keelson.StoreServer.Peers;

/// <summary>Accepts the other members' connections; this member only receives on them.</summary>
internal sealed class PeerListener : IAsyncDisposable
{
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Socket> _sockets = [];
    private readonly HashSet<PeerReceiver> _receivers = [];
    private readonly Dictionary<(MemberId From, PeerLane Lane), PeerReceiver> _current = [];
    private readonly HashSet<Task> _serving = [];
    private readonly List<Task> _loops = [];
    private readonly IPeerEvents _events;
    private readonly PeerContext _context;
    private int _open;
    private bool _isFull;

    private PeerListener(PeerOptions options, IPeerEvents events, PeerMetrics metrics, ILogger logger)
    {
        _events = events;
        _context = new PeerContext(options, metrics, logger);
    }

    /// <summary>Where it listens, with the ports that were chosen, in the order of the URLs.</summary>
    public IReadOnlyList<EndPoint> EndPoints { get; private set; } = [];

    /// <summary>Connections at the moment, handshakes included.</summary>
    public int Accepted => Volatile.Read(ref _open);

    /// <exception cref="IOException">An address cannot be listened on.</exception>
    public static PeerListener Start(
        IReadOnlyList<EndpointUrl> urls, PeerOptions options, IPeerEvents events, PeerMetrics metrics, ILogger logger)
    {
        var listener = new PeerListener(options, events, metrics, logger);
        try
        {
            listener._sockets.AddRange(urls.Select(PeerSocket.Listen));
        }
        catch
        {
            listener._sockets.ForEach(static socket => socket.Dispose());
            throw;
        }

        listener.EndPoints = [.. listener._sockets.Select(static socket => socket.LocalEndPoint!)];
        listener._loops.AddRange(
            listener._sockets.Select(socket => Task.Run(() => listener.AcceptAsync(socket))));
        listener._loops.Add(Task.Run(listener.TickAsync));
        return listener;
    }

    /// <summary>Accepts nothing more and closes what is open.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        _sockets.ForEach(static socket => socket.Dispose());
        await Task.WhenAll(_loops);
        List<Task> serving;
        lock (_lock)
        {
            serving = [.. _serving];
        }

        await Task.WhenAll(serving);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stopping.IsCancellationRequested)
        {
            await StopAsync();
        }

        _stopping.Dispose();
    }

    private async Task AcceptAsync(Socket listening)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                Socket socket = await listening.AcceptAsync(_stopping.Token);
                Begin(socket);
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException exception)
            {
                // Without file descriptors accept fails at once, again and again.
                _context.Logger.AcceptFailed(exception.Message);
                await Task.Delay(AcceptPause, _context.Options.Time, _stopping.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Begin(Socket socket)
    {
        if (Interlocked.Increment(ref _open) > _context.Options.AcceptedMax)
        {
            Interlocked.Decrement(ref _open);
            socket.Dispose();
            if (!_isFull)
            {
                _context.Logger.TooManyPeerConnections(_context.Options.AcceptedMax);
            }

            _isFull = true;
            return;
        }

        _isFull = false;
        // The connection's end waits for the set to hold it.
        lock (_lock)
        {
            Task serving = Task.Run(() => ServeAsync(socket));
            _serving.Add(serving);
            _ = serving.ContinueWith(
                Forget, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private void Forget(Task serving)
    {
        lock (_lock)
        {
            _serving.Remove(serving);
        }
    }

    // Whatever a connection brings, also a bug, ends that connection only.
    private async Task ServeAsync(Socket socket)
    {
        PeerReceiver? receiver = null;
        try
        {
            receiver = await ShakeHandsAsync(socket);
            if (receiver is not null)
            {
                await receiver.RunAsync(_stopping.Token);
                LogEnd(receiver, null);
            }
        }
        catch (Exception exception)
        {
            LogEnd(receiver, exception);
        }
        finally
        {
            socket.Dispose();
            Remove(receiver);
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task<PeerReceiver?> ShakeHandsAsync(Socket socket)
    {
        using var late = new CancellationTokenSource(_context.Options.ConnectMax, _context.Options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, _stopping.Token);
        Stream stream = await _context.Options.SecureIncoming(
            new NetworkStream(socket, ownsSocket: true), either.Token);
        var receiver = new PeerReceiver(stream, _events, _context);
        if (!await receiver.ShakeHandsAsync(either.Token))
        {
            return null;
        }

        Add(receiver);
        return receiver;
    }

    // A member that connects again knows that its former connection is gone before this one does.
    private void Add(PeerReceiver receiver)
    {
        PeerReceiver? former;
        lock (_lock)
        {
            (MemberId From, PeerLane Lane) key = (receiver.Hello.From, receiver.Hello.Lane);
            _current.TryGetValue(key, out former);
            _current[key] = receiver;
            _receivers.Add(receiver);
        }

        former?.Abort();
    }

    private void Remove(PeerReceiver? receiver)
    {
        if (receiver is null)
        {
            return;
        }

        lock (_lock)
        {
            _receivers.Remove(receiver);
            (MemberId From, PeerLane Lane) key = (receiver.Hello.From, receiver.Hello.Lane);
            if (_current.TryGetValue(key, out PeerReceiver? current) && current == receiver)
            {
                _current.Remove(key);
            }
        }
    }

    private void LogEnd(PeerReceiver? receiver, Exception? exception)
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        string self = _context.Options.Self.ToString();
        if (receiver is null)
        {
            _context.Logger.RejectedPeerConnection(self, exception!.Message);
        }
        else if (exception is null)
        {
            _context.Logger.ClosedStream(
                PeerLanes.NameOf(receiver.Hello.Lane), self, receiver.Hello.From.ToString());
        }
        else
        {
            _context.Metrics.Of(receiver.Hello.From).ReceiveFailed();
            _context.Logger.LostStream(
                PeerLanes.NameOf(receiver.Hello.Lane), self, receiver.Hello.From.ToString(), exception.Message);
        }
    }

    private async Task TickAsync()
    {
        using var timer = new PeriodicTimer(_context.Options.Tick, _context.Options.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                List<PeerReceiver> receivers;
                lock (_lock)
                {
                    receivers = [.. _receivers];
                }

                receivers.FindAll(static receiver => !receiver.Tick()).ForEach(static receiver => receiver.Abort());
            }
        }
        catch (OperationCanceledException)
        {
            // The listener stops.
        }
    }
}
