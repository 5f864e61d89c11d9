using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Keelson.Cli.Tests.Connections;

/// <summary>
/// HTTP/2 by hand (RFC 9113), so that thousands of connections cost a test little and nothing of ours is on this side.
/// Flow control is granted once and generously: for streams of a few kilobytes.
/// </summary>
internal sealed class WireConnection : IDisposable
{
    private const int HeaderBytes = 9;
    private const int PrefixBytes = 5;
    private const int WindowBytes = 1 << 30;
    private const byte EndFlag = 1;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly TaskCompletionSource _answered = NewSignal();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly ConcurrentDictionary<int, List<byte>> _pieces = new();
    private readonly Action<int, byte[]> _received;
    private int _nextStream = 1;

    private WireConnection(Action<int, byte[]> received)
    {
        _received = received;
        _socket.NoDelay = true;
    }

    private enum FrameType : byte
    {
        Data = 0,
        Headers = 1,
        ResetStream = 3,
        Settings = 4,
        Ping = 6,
        GoAway = 7,
        WindowUpdate = 8,
    }

    /// <summary>Completes with the server's first word: it has accepted the connection.</summary>
    public Task Answered => _answered.Task;

    /// <summary>Completes when the connection is closed, by either side.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    /// <summary>Streams that the server reset.</summary>
    public int ResetsCount { get; private set; }

    /// <param name="server">Where to connect.</param>
    /// <param name="received">Gets each message of a stream, one at a time for a connection.</param>
    public static async Task<WireConnection> OpenAsync(Uri server, Action<int, byte[]> received)
    {
        var connection = new WireConnection(received);
        await connection._socket.ConnectAsync(IPAddress.Parse(server.Host), server.Port);
        var window = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(window, WindowBytes);
        await connection._socket.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        await connection.SendAsync(
        [
            .. Frame(FrameType.Settings, 0, 0, []), .. Frame(FrameType.WindowUpdate, 0, 0, window),
        ]);
        connection.Ended = Task.Run(connection.ReadAsync);
        return connection;
    }

    /// <summary>Opens a call and sends its first message; returns the stream's number.</summary>
    public async Task<int> CallAsync(string path, byte[] message, bool isLast)
    {
        int stream = Interlocked.Add(ref _nextStream, 2) - 2;
        byte[] body = new byte[PrefixBytes + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(1), message.Length);
        message.CopyTo(body, PrefixBytes);
        var frames = new List<byte>(Frame(FrameType.Headers, 4, stream, RequestHeaders(path)));
        for (int offset = 0; offset < body.Length; offset += 16_384)
        {
            byte[] part = body[offset..Math.Min(body.Length, offset + 16_384)];
            bool isEnd = isLast && offset + part.Length == body.Length;
            frames.AddRange(Frame(FrameType.Data, isEnd ? EndFlag : (byte)0, stream, part));
        }

        await SendAsync([.. frames]);
        return stream;
    }

    public void Dispose() => _socket.Dispose();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static byte[] Frame(FrameType type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[HeaderBytes + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        frame[3] = (byte)type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, HeaderBytes);
        return frame;
    }

    /// <summary>Literals without indexing (RFC 7541, section 6.2.2): no state to keep.</summary>
    private static byte[] RequestHeaders(string path)
    {
        (string Name, string Value)[] fields =
        [
            (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "localhost"),
            ("content-type", "application/grpc"), ("te", "trailers"),
        ];
        var block = new List<byte>();
        foreach ((string name, string value) in fields)
        {
            block.AddRange([0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name)]);
            block.AddRange([(byte)value.Length, .. Encoding.ASCII.GetBytes(value)]);
        }

        return [.. block];
    }

    private async Task SendAsync(byte[] frames)
    {
        await _sending.WaitAsync();
        try
        {
            for (int sent = 0; sent < frames.Length;)
            {
                sent += await _socket.SendAsync(frames.AsMemory(sent));
            }
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            await using var stream = new NetworkStream(_socket, ownsSocket: false);
            var header = new byte[HeaderBytes];
            while (true)
            {
                await stream.ReadExactlyAsync(header);
                var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(header) >> 8];
                await stream.ReadExactlyAsync(payload);
                _answered.TrySetResult();
                await TakeAsync(
                    (FrameType)header[3], header[4], BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5)), payload);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or SocketException)
        {
            _answered.TrySetCanceled();
        }
    }

    private async Task TakeAsync(FrameType type, byte flags, int stream, byte[] payload)
    {
        switch (type)
        {
            case FrameType.Settings or FrameType.Ping when (flags & EndFlag) == 0:
                await SendAsync(Frame(type, EndFlag, 0, type == FrameType.Ping ? payload : []));
                break;
            case FrameType.Data:
                TakeData(stream, payload);
                break;
            case FrameType.ResetStream:
                ResetsCount++;
                break;
        }
    }

    private void TakeData(int stream, byte[] payload)
    {
        List<byte> pieces = _pieces.GetOrAdd(stream, static _ => []);
        pieces.AddRange(payload);
        while (pieces.Count >= PrefixBytes)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(pieces.GetRange(1, 4).ToArray());
            if (pieces.Count < PrefixBytes + length)
            {
                return;
            }

            _received(stream, [.. pieces.GetRange(PrefixBytes, length)]);
            pieces.RemoveRange(0, PrefixBytes + length);
        }
    }
}
