using System.Net.Sockets;

namespace Keelson.Bench.Load.Transport;

/// <summary>Bytes on their way out: frames are appended, one send takes all of them.</summary>
internal sealed class OutputBuffer
{
    // Everything in flight fits many times over: 64 requests of 64 KiB.
    private const int BytesMax = 16 << 20;

    private byte[] _bytes = new byte[64 << 10];
    private int _start;
    private int _end;

    public bool IsEmpty => _start == _end;

    /// <summary>Room for <paramref name="length"/> bytes, which count as written.</summary>
    public Span<byte> Append(int length)
    {
        if (_end + length > _bytes.Length)
        {
            MakeRoom(length);
        }

        Span<byte> room = _bytes.AsSpan(_end, length);
        _end += length;
        return room;
    }

    /// <summary>Sends what the socket takes; true when nothing is left.</summary>
    public bool Flush(Socket socket)
    {
        while (_start < _end)
        {
            int sent = socket.Send(_bytes.AsSpan(_start, _end - _start), SocketFlags.None, out SocketError error);
            if (error == SocketError.WouldBlock)
            {
                return false;
            }

            if (error != SocketError.Success)
            {
                throw new IOException($"sending to the server failed: {error}");
            }

            _start += sent;
        }

        _start = 0;
        _end = 0;
        return true;
    }

    private void MakeRoom(int length)
    {
        int used = _end - _start;
        if (used + length > BytesMax)
        {
            throw new IOException($"the server reads too slowly: more than {BytesMax} bytes wait");
        }

        byte[] target = used + length > _bytes.Length ? new byte[Math.Max(used + length, _bytes.Length * 2)] : _bytes;
        Buffer.BlockCopy(_bytes, _start, target, 0, used);
        _bytes = target;
        _start = 0;
        _end = used;
    }
}
