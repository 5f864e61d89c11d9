using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Keelson.Compatibility.Grpc;

/// <summary>
/// HTTP/2 by hand (RFC 9113), for what a client library keeps to itself: it would never open a stream that the server
/// did not allow. One caller at a time.
/// </summary>
internal sealed class RawConnection : IDisposable
{
    private const int HeaderBytes = 9;
    private const int MessagePrefixBytes = 5;
    private const byte EndHeaders = 4;
    private const byte Ack = 1;
    private const int MaxConcurrentStreams = 3;
    private const int CancelError = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TcpClient _client = new() { NoDelay = true };
    private readonly NetworkStream _stream;
    private int _nextStream = 1;

    public RawConnection(string endpoint)
    {
        string[] parts = endpoint.Split(':');
        _client.Connect(parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture));
        _stream = _client.GetStream();
        _stream.Write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);
        Send(FrameType.Settings, 0, 0, []);
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

    /// <summary>Streams at a time by the server's word; null when it does not say.</summary>
    public uint? Limit { get; private set; }

    public void Dispose()
    {
        _stream.Dispose();
        _client.Dispose();
    }

    /// <summary>Opens a call with its first message and leaves our side open; the stream's number.</summary>
    public int Open(string method, byte[] message)
    {
        int stream = _nextStream;
        _nextStream += 2;
        Send(FrameType.Headers, EndHeaders, stream, RequestHeaders($"/etcdserverpb.{method}"));
        var body = new byte[MessagePrefixBytes + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(1), message.Length);
        message.CopyTo(body, MessagePrefixBytes);
        Send(FrameType.Data, 0, stream, body);
        return stream;
    }

    public void Cancel(int stream)
    {
        var error = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(error, CancelError);
        Send(FrameType.ResetStream, 0, stream, error);
    }

    /// <summary>The first thing that a server says about a stream: "answered", or "reset" with the error.</summary>
    public async Task<string> WaitForAsync(int stream)
    {
        using var late = new CancellationTokenSource(Patience);
        while (true)
        {
            var header = new byte[HeaderBytes];
            await _stream.ReadExactlyAsync(header, late.Token);
            var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(header) >> 8];
            await _stream.ReadExactlyAsync(payload, late.Token);
            int about = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5));
            switch ((FrameType)header[3])
            {
                case FrameType.Settings or FrameType.Ping when (header[4] & Ack) == 0:
                    Take((FrameType)header[3], payload);
                    break;
                case FrameType.Data when about == stream:
                    return "answered";
                case FrameType.ResetStream when about == stream:
                    return $"reset {BinaryPrimitives.ReadInt32BigEndian(payload)}";
                case FrameType.GoAway:
                    return $"connection ended {BinaryPrimitives.ReadInt32BigEndian(payload.AsSpan(4))}";
            }
        }
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

    private void Take(FrameType type, byte[] payload)
    {
        for (int at = 0; type == FrameType.Settings && at < payload.Length; at += 6)
        {
            if (BinaryPrimitives.ReadInt16BigEndian(payload.AsSpan(at)) == MaxConcurrentStreams)
            {
                Limit = BinaryPrimitives.ReadUInt32BigEndian(payload.AsSpan(at + 2));
            }
        }

        Send(type, Ack, 0, type == FrameType.Ping ? payload : []);
    }

    private void Send(FrameType type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[HeaderBytes + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        frame[3] = (byte)type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, HeaderBytes);
        _stream.Write(frame);
    }
}
