using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Keelson.Bench.Load.Transport;

namespace Keelson.Bench.Load.Tests;

/// <summary>Speaks just enough HTTP/2 to give every request of one connection the same answer.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private const int PrefaceBytes = 24;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<int, byte[]> _answer;
    private readonly Thread _thread;

    /// <param name="answer">The frames that answer a stream.</param>
    public ScriptedServer(Func<int, byte[]> answer)
    {
        _answer = answer;
        _listener.Start();
        _thread = new Thread(Serve);
        _thread.Start();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>HTTP status 200 and these fields as the whole answer, in one frame or cut into three.</summary>
    public static byte[] Headers(int stream, bool inPieces, params (string Name, string Value)[] fields)
    {
        List<byte> block = [0x88];
        foreach ((string name, string value) in fields)
        {
            block.AddRange([0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name)]);
            block.AddRange([(byte)value.Length, .. Encoding.ASCII.GetBytes(value)]);
        }

        byte[] whole = [.. block];
        return inPieces
            ?
            [
                .. Frame(FrameType.Headers, FrameFlags.EndStream, stream, whole[..3]),
                .. Frame(FrameType.Continuation, FrameFlags.None, stream, whole[3..40]),
                .. Frame(FrameType.Continuation, FrameFlags.EndHeaders, stream, whole[40..]),
            ]
            : Frame(FrameType.Headers, FrameFlags.EndStream | FrameFlags.EndHeaders, stream, whole);
    }

    public static byte[] Reset(int stream, int error)
    {
        var payload = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(payload, error);
        return Frame(FrameType.ResetStream, FrameFlags.None, stream, payload);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _thread.Join();
    }

    private static byte[] Frame(FrameType type, FrameFlags flags, int stream, byte[] payload)
    {
        var frame = new byte[FrameHeader.Bytes + payload.Length];
        new FrameHeader(payload.Length, type, flags, stream).Write(frame);
        payload.CopyTo(frame, FrameHeader.Bytes);
        return frame;
    }

    private void Serve()
    {
        try
        {
            using Socket socket = _listener.AcceptSocket();
            using var stream = new NetworkStream(socket);
            stream.Write(Frame(FrameType.Settings, FrameFlags.None, 0, []));
            stream.ReadExactly(new byte[PrefaceBytes]);
            var bytes = new byte[FrameHeader.Bytes];
            while (true)
            {
                stream.ReadExactly(bytes);
                FrameHeader.TryRead(bytes, out FrameHeader header);
                stream.ReadExactly(new byte[header.Length]);
                if (header.EndsStream)
                {
                    stream.Write(_answer(header.Stream));
                }
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            // The client has left, or never came.
        }
    }
}
