using Keelson.Base;
using Keelson.Base.Identity;
using Keelson.Base.Memory;

namespace Keelson.Store.Log;

/// <summary>
/// One durable write: <see cref="Bytes"/> to <see cref="Offset"/> of the file <see cref="SegmentName"/>. Pooled by its
/// appender: not to be touched after <see cref="LogAppender.Complete"/>.
/// </summary>
internal sealed class LogWrite
{
    private const int BufferBytesInitial = 16 * LogOptions.BlockBytes;

    /// <summary>A buffer that one large request made larger than this is not kept.</summary>
    private const int BufferBytesKeptMax = 2 * LogOptions.WriteBytesMax;

    private NativeBlock _buffer;

    public long Segment { get; private set; }

    public string SegmentName { get; private set; } = "";

    public long Offset { get; private set; }

    public ReadOnlySpan<byte> Bytes => _buffer.Span[..Length];

    /// <summary>The last record of this write and the last entry at or before it.</summary>
    public LogDurable Last { get; internal set; }

    /// <summary>Everything up to here was durable when this write was handed out.</summary>
    internal SequenceNumber Watermark { get; set; }

    internal int Length { get; private set; }

    internal bool Completed { get; set; }

    internal Span<byte> Buffer => _buffer.Span[..Length];

    internal void Begin(long segment, string name, long offset)
    {
        Segment = segment;
        SegmentName = name;
        Offset = offset;
        Length = 0;
        Completed = false;
    }

    /// <summary>Room for <paramref name="bytes"/> more.</summary>
    internal Span<byte> Extend(int bytes)
    {
        int start = Length;
        Reserve(start + bytes);
        Length += bytes;
        return _buffer.Span.Slice(start, bytes);
    }

    /// <summary>Zeros up to <paramref name="length"/>.</summary>
    internal void PadTo(int length)
    {
        Invariant.Require(length >= Length);
        Extend(length - Length).Clear();
    }

    internal void ReleaseLargeBuffer()
    {
        if (_buffer.Length > BufferBytesKeptMax)
        {
            Free();
        }
    }

    internal void Free()
    {
        if (!_buffer.IsNull)
        {
            _buffer.Free();
            _buffer = default;
        }
    }

    private void Reserve(int bytes)
    {
        if (bytes <= _buffer.Length)
        {
            return;
        }

        int capacity = LogFormat.AlignBlock(Math.Max(bytes, Math.Max(BufferBytesInitial, _buffer.Length * 2)));
        NativeBlock larger = NativeBlock.AllocateAligned(capacity, LogOptions.BlockBytes);
        if (!_buffer.IsNull)
        {
            Bytes.CopyTo(larger.Span);
            _buffer.Free();
        }

        _buffer = larger;
    }
}
