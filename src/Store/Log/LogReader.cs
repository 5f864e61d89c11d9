using Keelson.Base.Codec;
using Keelson.Base.Memory;
using Keelson.Base.Seams;

namespace Keelson.Store.Log;

/// <summary>
/// Reads records of one segment through a window of native memory. What it returns lives until the next read.
/// </summary>
internal sealed class LogReader : IDisposable
{
    private const int WindowBytes = 1 << 18;
    private readonly IDiskFile _file;
    private readonly long _segment;
    private NativeBlock _buffer = NativeBlock.Allocate(WindowBytes);
    private int _windowStart;
    private int _windowLength;

    public LogReader(IDisk disk, long segment)
    {
        _segment = segment;
        _file = disk.Open(LogSegmentName.Of(segment), DiskOpenMode.Existing);
        Length = (int)Math.Min(_file.Length, LogOptions.SegmentBytesMax);
    }

    public int Length { get; }

    public IDiskFile File => _file;

    /// <summary>Why the last record was not taken.</summary>
    public string Fault { get; set; } = "";

    /// <summary>
    /// The record at <paramref name="offset"/>, header and payload, if both are undamaged and belong to this segment.
    /// </summary>
    public bool TryRead(int offset, out LogRecordHeader header, out ReadOnlySpan<byte> record)
    {
        record = default;
        if (!LogRecordHeader.TryRead(View(offset, LogFormat.HeaderBytes), out header))
        {
            Fault = "no undamaged record header";
            return false;
        }

        if (header.Segment != _segment || header.PayloadLength > Length - offset - LogFormat.HeaderBytes)
        {
            Fault = $"a record header of segment {header.Segment:x}, sequence {header.Sequence}";
            return false;
        }

        record = View(offset, header.RecordBytes);
        if (Crc32C.Compute(record[LogFormat.HeaderBytes..]) != header.PayloadChecksum)
        {
            Fault = $"a damaged payload of sequence {header.Sequence}";
            return false;
        }

        return true;
    }

    /// <summary>Up to <paramref name="count"/> bytes; fewer at the end of the file.</summary>
    public ReadOnlySpan<byte> View(int offset, int count)
    {
        count = Math.Max(0, Math.Min(count, Length - offset));
        if (offset < _windowStart || offset + count > _windowStart + _windowLength)
        {
            Load(offset, count);
        }

        int within = offset - _windowStart;
        return _buffer.Span.Slice(within, Math.Min(count, _windowLength - within));
    }

    public void Dispose()
    {
        _file.Dispose();
        _buffer.Free();
    }

    private void Load(int offset, int count)
    {
        if (count > _buffer.Length)
        {
            _buffer.Free();
            _buffer = NativeBlock.Allocate(count);
        }

        _windowStart = offset;
        _windowLength = 0;
        int wanted = Math.Min(_buffer.Length, Length - offset);
        _windowLength = wanted <= 0 ? 0 : _file.Read(offset, _buffer.Span[..wanted]);
    }
}
