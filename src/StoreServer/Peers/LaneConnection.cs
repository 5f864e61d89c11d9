using Keelson.Raft.Messages;

namespace Keelson.StoreServer.Peers;

/// <summary>
/// One connection that this member has made to another: sends what its queue holds, and a ping at each tick. What comes
/// back are pongs. Ends with an exception, which says why.
/// </summary>
internal sealed class LaneConnection(Stream stream, PeerFrameReader reader, LaneQueue queue, LaneLink link)
{
    /// <summary>Small messages travel together up to so many bytes.</summary>
    private const int BatchBytes = 64 * 1024;

    private int _silentTicks;
    private int _pingDue;
    private long _pinged;

    /// <summary>Time passed. False when nothing has been heard for too long.</summary>
    public bool Tick()
    {
        Volatile.Write(ref _pingDue, 1);
        queue.Signal();
        return Interlocked.Increment(ref _silentTicks) <= link.Options.SilentTicksMax;
    }

    /// <summary>Closes it from outside: whoever reads or writes gets an exception.</summary>
    public void Abort() => stream.Dispose();

    public Task RunAsync(CancellationToken cancellationToken) =>
        StreamDirections.RunAsync(stream, ReadAsync, WriteAsync, cancellationToken);

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        while (await reader.ReadAsync(cancellationToken) is { } frame)
        {
            Volatile.Write(ref _silentTicks, 0);
            if (!frame.TryReadStamp(PeerFrameKind.Pong, out long stamp))
            {
                throw new PeerProtocolException($"{frame.Kind} where only pongs are expected");
            }

            if (stamp != 0 && stamp == Interlocked.Read(ref _pinged))
            {
                link.Metrics.RoundTripTook(link.Options.Time.GetElapsedTime(stamp));
            }
        }

        throw new EndOfStreamException("the other side closed the connection");
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await queue.WaitAsync(cancellationToken);
            if (Interlocked.Exchange(ref _pingDue, 0) != 0)
            {
                await PingAsync(cancellationToken);
            }

            while (queue.TryTake(int.MaxValue, out Message? message, out int bytes))
            {
                await SendAsync(message, bytes, cancellationToken);
            }

            link.Drained();
        }
    }

    private async Task PingAsync(CancellationToken cancellationToken)
    {
        long stamp = link.Options.Time.GetTimestamp();
        Interlocked.Exchange(ref _pinged, stamp);
        await stream.WriteAsync(PeerFrame.EncodeStamp(PeerFrameKind.Ping, stamp), cancellationToken);
    }

    // A message, and the small ones behind it that fit beside it.
    private async Task SendAsync(Message message, int bytes, CancellationToken cancellationToken)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(Math.Max(BatchBytes, PeerFrameLayout.HeaderBytes + bytes));
        try
        {
            int filled = Encode(message, bytes, rented);
            while (queue.TryTake(BatchBytes - filled - PeerFrameLayout.HeaderBytes, out Message? next, out bytes))
            {
                filled += Encode(next, bytes, rented.AsSpan(filled));
            }

            await stream.WriteAsync(rented.AsMemory(0, filled), cancellationToken);
            link.Metrics.Sent(filled);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static int Encode(Message message, int bytes, Span<byte> destination)
    {
        Span<byte> frame = destination[..(PeerFrameLayout.HeaderBytes + bytes)];
        int written = MessageCodec.Write(message, frame[PeerFrameLayout.HeaderBytes..]);
        Invariant.Require(written == bytes);
        PeerFrame.Seal(PeerFrameKind.Message, frame);
        return frame.Length;
    }
}
