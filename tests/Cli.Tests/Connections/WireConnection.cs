using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Keelson.Wire;

namespace Keelson.Cli.Tests.Connections;

/// <summary>
/// A connection of which thousands cost a test little, with nothing of ours on this side. Flow control is granted once
/// and generously: for streams of a few kilobytes.
/// </summary>
internal sealed class WireConnection : IDisposable
{
    private const int WindowBytes = 1 << 30;
    private const int DataBytesMax = 16_384;

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
        await connection.SendAsync(
        [
            .. Frame.Preface, .. Frame.Write(FrameType.Settings, 0, 0, []),
            .. Frame.Write(FrameType.WindowUpdate, 0, WindowBytes),
        ]);
        connection.Ended = Task.Run(connection.ReadAsync);
        return connection;
    }

    /// <summary>Opens a call and sends its first message; returns the stream's number.</summary>
    public async Task<int> CallAsync(string path, byte[] message, bool isLast)
    {
        int stream = Interlocked.Add(ref _nextStream, 2) - 2;
        byte[] body = Frame.Message(message);
        var frames = new List<byte>(Frame.Call(stream, path));
        for (int offset = 0; offset < body.Length; offset += DataBytesMax)
        {
            byte[] part = body[offset..Math.Min(body.Length, offset + DataBytesMax)];
            bool isEnd = isLast && offset + part.Length == body.Length;
            frames.AddRange(Frame.Write(FrameType.Data, isEnd ? Frame.EndStream : (byte)0, stream, part));
        }

        await SendAsync([.. frames]);
        return stream;
    }

    public void Dispose() => _socket.Dispose();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

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
            while (true)
            {
                Frame frame = await Frame.ReadAsync(stream);
                _answered.TrySetResult();
                await TakeAsync(frame);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or SocketException)
        {
            _answered.TrySetCanceled();
        }
    }

    private async Task TakeAsync(Frame frame)
    {
        if (frame.Acknowledgement is { } answer)
        {
            await SendAsync(answer);
        }
        else if (frame.Type == FrameType.Data)
        {
            TakeData(frame.Stream, frame.Payload);
        }
        else if (frame.Type == FrameType.ResetStream)
        {
            ResetsCount++;
        }
    }

    private void TakeData(int stream, ReadOnlyMemory<byte> payload)
    {
        List<byte> pieces = _pieces.GetOrAdd(stream, static _ => []);
        pieces.AddRange(payload.Span);
        while (pieces.Count >= Frame.PrefixBytes)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(pieces.GetRange(1, 4).ToArray());
            if (pieces.Count < Frame.PrefixBytes + length)
            {
                return;
            }

            _received(stream, [.. pieces.GetRange(Frame.PrefixBytes, length)]);
            pieces.RemoveRange(0, Frame.PrefixBytes + length);
        }
    }
}
