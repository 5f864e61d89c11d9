using System.Threading.Channels;
using Keelson.Raft.Messages;
using Keelson.StoreServer.Logging;

namespace Keelson.StoreServer.Peers;

/// <summary>
/// One connection that another member has made: shakes hands, hands on messages, answers pings. While a message is
/// handed on nothing more is read, so the sender's queue, not this member's memory, grows.
/// </summary>
internal sealed class PeerReceiver(Stream stream, IPeerEvents events, PeerContext context)
{
    /// <summary>A hello, with room for what later versions append.</summary>
    private const int HelloBytesMax = 4096;

    private readonly PeerFrameReader _reader = new(stream) { PayloadBytesMax = HelloBytesMax };
    private readonly Channel<long> _pongs = Channel.CreateBounded<long>(
        new BoundedChannelOptions(4) { FullMode = BoundedChannelFullMode.DropOldest });

    private PeerSeries? _metrics;
    private bool _isUnreadableSaid;
    private long _receivedBefore;
    private int _silentTicks;

    /// <summary>Who is at the other end; known after the handshake.</summary>
    public PeerHello Hello { get; private set; }

    /// <summary>
    /// Time passed. False when nothing has arrived for too long although it was waited for: whoever connects pings at
    /// every tick. While a large message arrives, pings wait behind it: the other side is told that bytes do arrive.
    /// </summary>
    public bool Tick()
    {
        long received = _reader.Received;
        bool isSilent = received == _receivedBefore && _reader.IsWaiting;
        if (received != _receivedBefore && _metrics is not null)
        {
            _pongs.Writer.TryWrite(0);
        }

        _receivedBefore = received;
        _silentTicks = isSilent ? _silentTicks + 1 : 0;
        return _silentTicks <= context.Options.SilentTicksMax;
    }

    /// <summary>Closes it from outside: whoever reads or writes gets an exception.</summary>
    public void Abort() => stream.Dispose();

    /// <summary>False when the other side was refused.</summary>
    public async Task<bool> ShakeHandsAsync(CancellationToken cancellationToken)
    {
        PeerFrame frame = await _reader.ReadAsync(cancellationToken)
            ?? throw new EndOfStreamException("the connection ends before a hello");
        if (!PeerHello.TryRead(frame, out PeerHello hello))
        {
            throw new PeerProtocolException($"{frame.Kind} is no hello");
        }

        Hello = hello;
        PeerOptions options = context.Options;
        PeerRefusal refusal = hello.Judge(options.Cluster, options.Self);
        var answer = new PeerAnswer(PeerFrameLayout.ProtocolVersion, refusal, options.Cluster, options.Self);
        await stream.WriteAsync(answer.Encode(), cancellationToken);
        if (refusal != PeerRefusal.None)
        {
            LogRefusal(refusal);
            return false;
        }

        _metrics = context.Metrics.Of(hello.From);
        _reader.PayloadBytesMax = options.MessageBytesMax;
        return true;
    }

    /// <summary>Reads until the other side closes, or an exception says what is wrong.</summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        StreamDirections.RunAsync(stream, ReadAsync, WriteAsync, cancellationToken);

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        while (await _reader.ReadAsync(cancellationToken) is { } frame)
        {
            _metrics!.Received(PeerFrameLayout.HeaderBytes + frame.Payload.Length);
            if (frame.TryReadStamp(PeerFrameKind.Ping, out long stamp))
            {
                _pongs.Writer.TryWrite(stamp);
            }
            else if (frame.Kind == PeerFrameKind.Message)
            {
                Take(frame.Payload);
            }
            else
            {
                throw new PeerProtocolException($"{frame.Kind} where messages are expected");
            }
        }
    }

    // Its checksum is right, so the connection is; a later version may say what this one does not know.
    private void Take(byte[] payload)
    {
        bool isRead = MessageCodec.TryRead(payload, out Message? message);
        if (isRead && message!.From == Hello.From && message.To == context.Options.Self)
        {
            events.Received(message);
            return;
        }

        _metrics!.ReceiveFailed();
        if (!_isUnreadableSaid)
        {
            _isUnreadableSaid = true;
            string reason = isRead ? $"from {message!.From} to {message.To}" : "not readable";
            context.Logger.DroppedMessage(context.Options.Self.ToString(), Hello.From.ToString(), reason);
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            long stamp = await _pongs.Reader.ReadAsync(cancellationToken);
            await stream.WriteAsync(PeerFrame.EncodeStamp(PeerFrameKind.Pong, stamp), cancellationToken);
        }
    }

    private void LogRefusal(PeerRefusal refusal)
    {
        string self = context.Options.Self.ToString();
        if (refusal == PeerRefusal.Cluster)
        {
            context.Logger.RejectedCluster(
                self, context.Options.Cluster.ToString(), Hello.From.ToString(), Hello.Cluster.ToString());
        }
        else
        {
            context.Logger.RejectedStream(self, Hello.From.ToString(), Hello.To.ToString(), refusal.ToString());
        }
    }
}
