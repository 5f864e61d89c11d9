using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Keelson.Wire;

/// <summary>
/// HTTP/2 by hand (RFC 9113), for tests that must do what a client library would not, and that have nothing of ours on
/// the client's side.
/// </summary>
/// <param name="Type">What it is.</param>
/// <param name="Flags">By type.</param>
/// <param name="Stream">Which call; 0 for the connection.</param>
/// <param name="Payload">What follows the header.</param>
public sealed record Frame(FrameType Type, byte Flags, int Stream, ReadOnlyMemory<byte> Payload)
{
    public const byte EndStream = 1;
    public const byte EndHeaders = 4;
    public const byte Ack = 1;

    /// <summary>What gRPC puts before a message: a flag and the length.</summary>
    public const int PrefixBytes = 5;

    private const int HeaderBytes = 9;

    /// <summary>What a client says first (RFC 9113, section 3.4); its settings follow.</summary>
    public static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>The payload as a number: an error's, a window's.</summary>
    public int Number => BinaryPrimitives.ReadInt32BigEndian(Payload.Span);

    /// <summary>The next frame of a connection.</summary>
    /// <exception cref="EndOfStreamException">The connection was closed.</exception>
    public static async Task<Frame> ReadAsync(Stream connection, CancellationToken cancellationToken = default)
    {
        var header = new byte[HeaderBytes];
        await connection.ReadExactlyAsync(header, cancellationToken);
        var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(header) >> 8];
        await connection.ReadExactlyAsync(payload, cancellationToken);
        int stream = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5));
        return new Frame((FrameType)header[3], header[4], stream, payload);
    }

    public static byte[] Write(FrameType type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[HeaderBytes + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        frame[3] = (byte)type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame.AsSpan(HeaderBytes));
        return frame;
    }

    /// <summary>A frame whose payload is a number.</summary>
    public static byte[] Write(FrameType type, int stream, int number)
    {
        Span<byte> payload = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(payload, number);
        return Write(type, 0, stream, payload);
    }

    /// <summary>One setting (RFC 9113, section 6.5.2).</summary>
    public static byte[] Setting(short name, int value)
    {
        Span<byte> payload = stackalloc byte[sizeof(short) + sizeof(int)];
        BinaryPrimitives.WriteInt16BigEndian(payload, name);
        BinaryPrimitives.WriteInt32BigEndian(payload[sizeof(short)..], value);
        return Write(FrameType.Settings, 0, 0, payload);
    }

    /// <summary>Begins a gRPC call: literals without indexing (RFC 7541, section 6.2.2) need no state.</summary>
    public static byte[] Call(int stream, string path)
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

        return Write(FrameType.Headers, EndHeaders, stream, block.ToArray());
    }

    /// <summary>A gRPC message as its body's bytes.</summary>
    public static byte[] Message(ReadOnlySpan<byte> message)
    {
        var body = new byte[PrefixBytes + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(1), message.Length);
        message.CopyTo(body.AsSpan(PrefixBytes));
        return body;
    }

    /// <summary>What the server must be told on receiving this: SETTINGS and PING are acknowledged.</summary>
    public byte[]? Acknowledgement => Type switch
    {
        FrameType.Settings when (Flags & Ack) == 0 => Write(FrameType.Settings, Ack, 0, []),
        FrameType.Ping when (Flags & Ack) == 0 => Write(FrameType.Ping, Ack, 0, Payload.Span),
        _ => null,
    };

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Type} of stream {Stream}, {Payload.Length} bytes");
}
