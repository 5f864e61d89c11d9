using Keelson.Base.Identity;
using Keelson.Raft.Messages;
using Keelson.StoreServer.Logging;
using Keelson.StoreServer.Options;
using Microsoft.Extensions.Logging;

namespace Keelson.StoreServer.Peers;

/// <summary>
/// One lane to one member for as long as that is a peer: connects, sends, connects again. While the first attempt is
/// under way messages wait; once one has failed they are dropped, because what consensus says is old after a second.
/// </summary>
internal sealed class LaneLink
{
    /// <summary>Before and during the handshake nobody has more to say.</summary>
    private const int AnswerBytesMax = 4096;

    private readonly MemberId _member;
    private readonly PeerLane _lane;
    private readonly PeerPauses _pauses;
    private readonly PeerOutage _outage;
    private readonly ILogger _logger;
    private readonly LaneQueue _queue;
    private IReadOnlyList<EndpointUrl> _urls;
    private LaneConnection? _connection;
    private PeerRefusal _refusal;
    private int _isDown;

    public LaneLink(Peer peer, PeerLane lane, PeerPauses pauses, PeerOutage outage, PeerContext context)
    {
        _member = peer.Id;
        _urls = peer.Urls;
        _lane = lane;
        _pauses = pauses;
        _outage = outage;
        _logger = context.Logger;
        Options = context.Options;
        Metrics = context.Metrics.Of(peer.Id);
        _queue = new LaneQueue(Options.QueueMessagesMax, Options.QueueBytesMax(lane));
    }

    public PeerOptions Options { get; }

    public PeerSeries Metrics { get; }

    /// <summary>Bytes that wait to be sent.</summary>
    public long QueuedBytes => _queue.Bytes;

    public void SetUrls(IReadOnlyList<EndpointUrl> urls) => Volatile.Write(ref _urls, urls);

    public void Send(Message message)
    {
        int bytes = MessageCodec.Size(message);
        bool isQueued = bytes <= Options.MessageBytesMax && Volatile.Read(ref _isDown) == 0
            && _queue.TryAdd(message, bytes);
        if (!isQueued)
        {
            Metrics.SendFailed();
            _outage.Begin(_lane, "its queue is full");
        }
    }

    public void Tick()
    {
        if (Volatile.Read(ref _connection) is { } connection && !connection.Tick())
        {
            connection.Abort();
        }
    }

    /// <summary>Everything that waited was given to the connection.</summary>
    public void Drained() => _outage.End(_lane);

    /// <summary>Connects again and again until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        TimeSpan pause = TimeSpan.Zero;
        for (int attempt = 0; !stopping.IsCancellationRequested; attempt++)
        {
            long started = Options.Time.GetTimestamp();
            Exception reason = await TryOnceAsync(attempt, stopping);
            if (stopping.IsCancellationRequested)
            {
                return;
            }

            Lost(reason);
            bool lasted = Options.Time.GetElapsedTime(started) > Options.RetryMax + Options.ConnectMax;
            pause = _pauses.Next(lasted ? TimeSpan.Zero : pause, reason is PeerRefusedException);
            await Task.Delay(pause, Options.Time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Whatever ends a connection, also a bug, must not end the lane.
    private async Task<Exception> TryOnceAsync(int attempt, CancellationToken stopping)
    {
        try
        {
            IReadOnlyList<EndpointUrl> urls = Volatile.Read(ref _urls);
            LaneConnection connection = await ConnectAsync(urls[attempt % urls.Count], stopping);
            Volatile.Write(ref _connection, connection);
            Established();
            await connection.RunAsync(stopping);
            return new EndOfStreamException();
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    private void Established()
    {
        Volatile.Write(ref _isDown, 0);
        _refusal = PeerRefusal.None;
        _outage.End(_lane);
        _logger.EstablishedStream(PeerLanes.NameOf(_lane), Options.Self.ToString(), _member.ToString());
    }

    private void Lost(Exception reason)
    {
        Volatile.Write(ref _isDown, 1);
        _queue.Clear();
        if (Interlocked.Exchange(ref _connection, null) is not null)
        {
            Metrics.SendFailed();
            _logger.LostStream(
                PeerLanes.NameOf(_lane), Options.Self.ToString(), _member.ToString(), reason.Message);
        }

        // A wrong configuration stays wrong: said once, not at each attempt.
        if (reason is PeerRefusedException refused && refused.Answer.Refusal != _refusal)
        {
            _refusal = refused.Answer.Refusal;
            LogRefusal(refused.Answer);
        }

        _outage.Begin(_lane, reason.Message);
    }

    private void LogRefusal(PeerAnswer answer)
    {
        switch (answer.Refusal)
        {
            case PeerRefusal.Cluster:
                _logger.RefusedForCluster(
                    _member.ToString(), answer.Cluster.ToString(), Options.Cluster.ToString());
                break;
            case PeerRefusal.Version:
                _logger.RefusedForVersion(_member.ToString(), answer.Version, PeerFrameLayout.ProtocolVersion);
                break;
            default:
                _logger.RefusedForMember(
                    _member.ToString(), answer.Member.ToString(), answer.Refusal.ToString());
                break;
        }
    }

    private async Task<LaneConnection> ConnectAsync(EndpointUrl url, CancellationToken stopping)
    {
        using var late = new CancellationTokenSource(Options.ConnectMax, Options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stopping);
        try
        {
            Stream stream = await PeerSocket.ConnectAsync(url, Options.SecureOutgoing, either.Token);
            try
            {
                var reader = new PeerFrameReader(stream) { PayloadBytesMax = AnswerBytesMax };
                await ShakeHandsAsync(stream, reader, either.Token);
                return new LaneConnection(stream, reader, _queue, this);
            }
            catch
            {
                await stream.DisposeAsync();
                throw;
            }
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            throw new IOException($"{url}: no connection in {Options.ConnectMax.TotalSeconds} s");
        }
    }

    private async Task ShakeHandsAsync(Stream stream, PeerFrameReader reader, CancellationToken cancellationToken)
    {
        var hello = new PeerHello(
            PeerFrameLayout.ProtocolVersion, _lane, Options.Cluster, Options.Self, _member);
        await stream.WriteAsync(PeerFrame.Encode(PeerFrameKind.Hello, hello.Encode()), cancellationToken);
        PeerFrame frame = await reader.ReadAsync(cancellationToken)
            ?? throw new EndOfStreamException("the other side closed the connection instead of an answer");
        if (!PeerAnswer.TryRead(frame, out PeerAnswer answer))
        {
            throw new PeerProtocolException($"{frame.Kind} is no answer to a hello");
        }

        bool isWelcome = answer.Refusal == PeerRefusal.None
            && answer.Cluster == Options.Cluster && answer.Member == _member;
        if (!isWelcome)
        {
            throw new PeerRefusedException(answer);
        }
    }
}
