using System.Buffers.Binary;
using System.Net.Sockets;
using Keelson.Wire;

namespace Keelson.Compatibility.Grpc;

/// <summary>
/// A connection that does what a client library keeps to itself: it would never open a stream that the server did not
/// allow. One caller at a time.
/// </summary>
internal sealed class RawConnection : IDisposable
{
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
        _stream.Write(Frame.Preface);
        _stream.Write(Frame.Write(FrameType.Settings, 0, 0, []));
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
        _stream.Write(Frame.Call(stream, $"/etcdserverpb.{method}"));
        _stream.Write(Frame.Write(FrameType.Data, 0, stream, Frame.Message(message)));
        return stream;
    }

    public void Cancel(int stream) => _stream.Write(Frame.Write(FrameType.ResetStream, stream, CancelError));

    /// <summary>The first thing that a server says about a stream: "answered", or "reset" with the error.</summary>
    public async Task<string> WaitForAsync(int stream)
    {
        using var late = new CancellationTokenSource(Patience);
        while (true)
        {
            Frame frame = await Frame.ReadAsync(_stream, late.Token);
            switch (frame.Type)
            {
                case FrameType.Data when frame.Stream == stream:
                    return "answered";
                case FrameType.ResetStream when frame.Stream == stream:
                    return $"reset {frame.Number}";
                case FrameType.GoAway:
                    return $"connection ended {BinaryPrimitives.ReadInt32BigEndian(frame.Payload.Span[4..])}";
                default:
                    Take(frame);
                    break;
            }
        }
    }

    private void Take(Frame frame)
    {
        for (int at = 0; frame.Type == FrameType.Settings && at < frame.Payload.Length; at += 6)
        {
            if (BinaryPrimitives.ReadInt16BigEndian(frame.Payload.Span[at..]) == MaxConcurrentStreams)
            {
                Limit = BinaryPrimitives.ReadUInt32BigEndian(frame.Payload.Span[(at + 2)..]);
            }
        }

        if (frame.Acknowledgement is { } answer)
        {
            _stream.Write(answer);
        }
    }
}
