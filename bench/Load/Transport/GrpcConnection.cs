using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Keelson.Bench.Load.Transport;

/// <summary>
/// A minimal gRPC client connection (HTTP/2 by prior knowledge), cheap enough not to be what is measured: one socket,
/// one thread, no task. A unary call that gets its message has succeeded; any other end is read from its trailers.
/// </summary>
internal sealed class GrpcConnection : IDisposable
{
    private const int GrpcPrefixBytes = 5;
    private const int MessageBytesMax = 512 << 20;
    private const int DefaultWindowBytes = 65_535;

    // We promise to read everything: the window is topped up when half of it is used.
    private const int ReceiveWindowBytes = int.MaxValue;
    private const int SettingInitialWindow = 4;
    private const int SettingFrameSize = 5;
    private const int SettingHeaderTable = 1;
    private const int HeaderTableBytes = 4096;
    private const int FrameBytesMax = 1 << 20;

    // What every peer accepts without saying so (RFC 9113, section 6.5.2).
    private const int SendFrameBytesMax = 16_384;

    private readonly IStreamHandler _handler;
    private readonly HeaderEncoder _headers;
    private readonly HeaderBlocks _inbound = new();
    private readonly OutputBuffer _output = new();
    private readonly Dictionary<int, StreamState> _streams = [];
    private readonly Stack<StreamState> _unused = [];
    private byte[] _input = new byte[256 << 10];
    private int _inputStart;
    private int _inputEnd;
    private int _nextStream = 1;
    private long _sendWindow = DefaultWindowBytes;
    private long _streamSendWindow = DefaultWindowBytes;
    private long _received;

    public GrpcConnection(IPEndPoint server, IStreamHandler handler)
    {
        _handler = handler;
        _headers = new HeaderEncoder(server.ToString());
        Socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Socket.Connect(server);
        Socket.Blocking = false;
        Greet();
    }

    public Socket Socket { get; }

    public bool HasOutput => !_output.IsEmpty;

    public void Dispose() => Socket.Dispose();

    /// <summary>True when the peer's connection window takes another message of this size.</summary>
    public bool CanSend(int messageBytes) => messageBytes + GrpcPrefixBytes <= _sendWindow;

    /// <summary>True when also that stream's window does.</summary>
    public bool CanSend(int stream, int messageBytes) =>
        CanSend(messageBytes) && messageBytes + GrpcPrefixBytes <= _streams[stream].SendWindow;

    /// <summary>Starts a call with its first message; a unary one is then complete on our side.</summary>
    public int Open(RpcMethod method, int tag, ReadOnlySpan<byte> message)
    {
        int stream = _nextStream;
        _nextStream += 2;
        StreamState state = _unused.Count > 0 ? _unused.Pop() : new StreamState();
        state.Tag = tag;
        state.SendWindow = _streamSendWindow;
        state.ReceivedBytes = 0;
        state.PartialLength = 0;
        state.IsUnary = !method.IsStream;
        state.WantsStatus = true;
        _streams.Add(stream, state);

        byte[] block = _headers.Encode(method.Path);
        block.CopyTo(Frame(new FrameHeader(block.Length, FrameType.Headers, FrameFlags.EndHeaders, stream)));
        Data(stream, state, message, method.IsStream ? FrameFlags.None : FrameFlags.EndStream);
        return stream;
    }

    /// <summary>Another message on an open stream.</summary>
    public void Send(int stream, ReadOnlySpan<byte> message) =>
        Data(stream, _streams[stream], message, FrameFlags.None);

    /// <summary>Sends what has gathered; true when the socket took all of it.</summary>
    public bool Flush() => _output.Flush(Socket);

    /// <summary>Reads once and reports what arrived.</summary>
    public void Receive()
    {
        if (_inputEnd == _input.Length)
        {
            MakeRoom();
        }

        int count = Socket.Receive(_input.AsSpan(_inputEnd), SocketFlags.None, out SocketError error);
        if (error == SocketError.WouldBlock)
        {
            return;
        }

        if (error != SocketError.Success || count == 0)
        {
            throw new IOException($"the server closed the connection ({error})");
        }

        _inputEnd += count;
        Parse();
    }

    private void Greet()
    {
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.CopyTo(_output.Append(24));
        Span<byte> settings = Frame(new FrameHeader(12, FrameType.Settings, FrameFlags.None, 0));
        BinaryPrimitives.WriteInt16BigEndian(settings, SettingInitialWindow);
        BinaryPrimitives.WriteInt32BigEndian(settings[2..], ReceiveWindowBytes);
        BinaryPrimitives.WriteInt16BigEndian(settings[6..], SettingFrameSize);
        BinaryPrimitives.WriteInt32BigEndian(settings[8..], FrameBytesMax);
        WindowUpdate(0, ReceiveWindowBytes - DefaultWindowBytes);
        Flush();
    }

    private Span<byte> Frame(FrameHeader header)
    {
        Span<byte> room = _output.Append(FrameHeader.Bytes + header.Length);
        header.Write(room);
        return room[FrameHeader.Bytes..];
    }

    private void Data(int stream, StreamState state, ReadOnlySpan<byte> message, FrameFlags flags)
    {
        int length = GrpcPrefixBytes + message.Length;
        _sendWindow -= length;
        state.SendWindow -= length;

        int part = Math.Min(length, SendFrameBytesMax) - GrpcPrefixBytes;
        bool whole = part == message.Length;
        Span<byte> room = Frame(new FrameHeader(
            GrpcPrefixBytes + part, FrameType.Data, whole ? flags : FrameFlags.None, stream));
        room[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(room[1..], message.Length);
        message[..part].CopyTo(room[GrpcPrefixBytes..]);
        for (int sent = part; sent < message.Length; sent += part)
        {
            part = Math.Min(message.Length - sent, SendFrameBytesMax);
            whole = sent + part == message.Length;
            message.Slice(sent, part).CopyTo(
                Frame(new FrameHeader(part, FrameType.Data, whole ? flags : FrameFlags.None, stream)));
        }
    }

    private void WindowUpdate(int stream, long bytes) =>
        BinaryPrimitives.WriteInt32BigEndian(
            Frame(new FrameHeader(4, FrameType.WindowUpdate, FrameFlags.None, stream)), (int)bytes);

    private void MakeRoom()
    {
        int used = _inputEnd - _inputStart;
        byte[] target = used > _input.Length / 2 ? new byte[_input.Length * 2] : _input;
        Buffer.BlockCopy(_input, _inputStart, target, 0, used);
        _input = target;
        _inputStart = 0;
        _inputEnd = used;
    }

    private void Parse()
    {
        while (FrameHeader.TryRead(_input.AsSpan(_inputStart, _inputEnd - _inputStart), out FrameHeader header))
        {
            if (header.Length > FrameBytesMax)
            {
                throw new IOException($"the server sent a frame of {header.Length} bytes, we allow {FrameBytesMax}");
            }

            if (_inputEnd - _inputStart < FrameHeader.Bytes + header.Length)
            {
                break;
            }

            ReadOnlySpan<byte> payload = _input.AsSpan(_inputStart + FrameHeader.Bytes, header.Length);
            _inputStart += FrameHeader.Bytes + header.Length;
            Dispatch(header, payload);
        }

        if (_inputStart == _inputEnd)
        {
            _inputStart = 0;
            _inputEnd = 0;
        }
    }

    private void Dispatch(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        switch (header.Type)
        {
            case FrameType.Data:
                OnData(header, payload);
                break;
            case FrameType.Headers or FrameType.Continuation:
                OnHeaders(header, payload);
                break;
            case FrameType.ResetStream:
                End(header.Stream, StreamEnd.OfReset(BinaryPrimitives.ReadInt32BigEndian(payload)));
                break;
            case FrameType.Settings when !header.Flags.HasFlag(FrameFlags.Ack):
                OnSettings(payload);
                break;
            case FrameType.Ping when !header.Flags.HasFlag(FrameFlags.Ack):
                payload.CopyTo(Frame(new FrameHeader(payload.Length, FrameType.Ping, FrameFlags.Ack, 0)));
                break;
            case FrameType.WindowUpdate:
                OnWindowUpdate(header.Stream, BinaryPrimitives.ReadInt32BigEndian(payload) & int.MaxValue);
                break;
            case FrameType.GoAway:
                throw new IOException(
                    $"the server ended the connection, error {BinaryPrimitives.ReadInt32BigEndian(payload[4..])}");
            default:
                break;
        }
    }

    private void OnHeaders(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        bool wantsStatus = _streams.TryGetValue(header.Stream, out StreamState? state) && state.WantsStatus;
        int ended = _inbound.Take(header, payload, wantsStatus, out StreamEnd end);
        if (ended != 0)
        {
            End(ended, end);
        }
    }

    private void OnData(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        _received += header.Length;
        if (_received > ReceiveWindowBytes / 2)
        {
            WindowUpdate(0, _received);
            _received = 0;
        }

        if (!_streams.TryGetValue(header.Stream, out StreamState? state))
        {
            return;
        }

        state.ReceivedBytes += header.Length;
        if (state.ReceivedBytes > ReceiveWindowBytes / 2)
        {
            WindowUpdate(header.Stream, state.ReceivedBytes);
            state.ReceivedBytes = 0;
        }

        if (header.Flags.HasFlag(FrameFlags.Padded))
        {
            payload = payload[1..^payload[0]];
        }

        Messages(state, payload);
        if (header.EndsStream)
        {
            End(header.Stream, state.WantsStatus ? StreamEnd.OfTrailers([]) : StreamEnd.InOrder);
        }
    }

    // Messages that lie in one frame are handed out where they are; only split ones are gathered.
    private void Messages(StreamState state, ReadOnlySpan<byte> payload)
    {
        if (state.PartialLength > 0)
        {
            Gather(state, payload);
            payload = state.Partial.AsSpan(0, state.PartialLength);
        }

        int tag = state.Tag;
        while (payload.Length >= GrpcPrefixBytes && Length(payload) + GrpcPrefixBytes <= payload.Length)
        {
            int length = Length(payload);
            state.WantsStatus = !state.IsUnary;
            _handler.OnMessage(this, tag, payload.Slice(GrpcPrefixBytes, length));
            payload = payload[(GrpcPrefixBytes + length)..];
        }

        state.PartialLength = 0;
        if (!payload.IsEmpty)
        {
            Gather(state, payload);
        }
    }

    private static void Gather(StreamState state, ReadOnlySpan<byte> payload)
    {
        int needed = state.PartialLength + payload.Length;
        if (needed > state.Partial.Length)
        {
            byte[] larger = new byte[Math.Max(needed, state.Partial.Length * 2)];
            state.Partial.AsSpan(0, state.PartialLength).CopyTo(larger);
            state.Partial = larger;
        }

        payload.CopyTo(state.Partial.AsSpan(state.PartialLength));
        state.PartialLength = needed;
    }

    private static int Length(ReadOnlySpan<byte> prefix)
    {
        int length = BinaryPrimitives.ReadInt32BigEndian(prefix[1..]);
        return prefix[0] == 0 && length is >= 0 and <= MessageBytesMax
            ? length
            : throw new IOException($"the server sent a compressed message or one of {length} bytes");
    }

    private void End(int stream, StreamEnd end)
    {
        if (_streams.Remove(stream, out StreamState? state))
        {
            _unused.Push(state);
            _handler.OnEnd(this, state.Tag, end);
        }
    }

    private void OnSettings(ReadOnlySpan<byte> payload)
    {
        for (; payload.Length >= 6; payload = payload[6..])
        {
            int value = BinaryPrimitives.ReadInt32BigEndian(payload[2..]);
            switch (BinaryPrimitives.ReadInt16BigEndian(payload))
            {
                case SettingInitialWindow:
                    OnInitialWindow(value);
                    break;
                case SettingHeaderTable when value < HeaderTableBytes:
                    throw new IOException($"the server allows {value} bytes of header table, not {HeaderTableBytes}");
                default:
                    break;
            }
        }

        Frame(new FrameHeader(0, FrameType.Settings, FrameFlags.Ack, 0));
    }

    private void OnInitialWindow(int window)
    {
        long change = window - _streamSendWindow;
        _streamSendWindow = window;
        foreach (StreamState state in _streams.Values)
        {
            state.SendWindow += change;
        }
    }

    private void OnWindowUpdate(int stream, int bytes)
    {
        if (stream == 0)
        {
            _sendWindow += bytes;
        }
        else if (_streams.TryGetValue(stream, out StreamState? state))
        {
            state.SendWindow += bytes;
        }
    }
}
