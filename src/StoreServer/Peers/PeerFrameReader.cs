namespace Keelson.StoreServer.Peers;

/// <summary>
/// Frames out of a stream. Small ones come many to a read; of a large one no more is held than has arrived, so that an
/// announced length costs nobody memory.
/// </summary>
/// <remarks>Payloads are new arrays: what consensus keeps of a message is a part of them.</remarks>
internal sealed class PeerFrameReader(Stream stream)
{
    private const int BufferBytes = 64 * 1024;
    private const int FirstPieceBytes = 1 << 20;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _start;
    private int _end;
    private long _received;
    private int _waiting;

    /// <summary>A frame that announces more is refused; set by who reads, between frames.</summary>
    public required int PayloadBytesMax { get; set; }

    /// <summary>Bytes that arrived so far; from any thread.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>Whether it waits for bytes at the moment; from any thread.</summary>
    public bool IsWaiting => Volatile.Read(ref _waiting) != 0;

    /// <summary>The next frame; null at an end between two.</summary>
    /// <exception cref="PeerProtocolException">These bytes are no frame.</exception>
    /// <exception cref="IOException">The connection is lost, or ends inside a frame.</exception>
    public async ValueTask<PeerFrame?> ReadAsync(CancellationToken cancellationToken)
    {
        if (!await FillAsync(PeerFrameLayout.HeaderBytes, cancellationToken))
        {
            return _start == _end ? null : throw new EndOfStreamException("the connection ends inside a frame");
        }

        var header = PeerFrameHeader.Read(
            _buffer.AsSpan(_start, PeerFrameLayout.HeaderBytes), PayloadBytesMax);
        _start += PeerFrameLayout.HeaderBytes;
        return header.Take(await ReadPayloadAsync(header.Length, cancellationToken));
    }

    private async ValueTask<byte[]> ReadPayloadAsync(int length, CancellationToken cancellationToken)
    {
        var payload = new byte[Math.Min(length, FirstPieceBytes)];
        int filled = Math.Min(_end - _start, payload.Length);
        _buffer.AsSpan(_start, filled).CopyTo(payload);
        _start += filled;
        while (filled < length)
        {
            if (filled == payload.Length)
            {
                Array.Resize(ref payload, (int)Math.Min(length, 2L * payload.Length));
            }

            int read = await ReadSomeAsync(payload.AsMemory(filled), cancellationToken);
            filled += read > 0 ? read : throw new EndOfStreamException("the connection ends inside a frame");
        }

        return payload;
    }

    private async ValueTask<bool> FillAsync(int bytes, CancellationToken cancellationToken)
    {
        if (_buffer.Length - _start < bytes || _start == _end)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        while (_end - _start < bytes)
        {
            int read = await ReadSomeAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read == 0)
            {
                return false;
            }

            _end += read;
        }

        return true;
    }

    private async ValueTask<int> ReadSomeAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _waiting, 1);
        int read = await stream.ReadAsync(destination, cancellationToken);
        Volatile.Write(ref _waiting, 0);
        Interlocked.Add(ref _received, read);
        return read;
    }
}
