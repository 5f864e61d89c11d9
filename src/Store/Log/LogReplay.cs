using Keelson.Base.Identity;
using Keelson.Base.Seams;

namespace Keelson.Store.Log;

/// <summary>
/// The entries behind an index, in order, without those that a later record replaced. Reads what the scan has already
/// checked; each record is checked again.
/// </summary>
internal sealed class LogReplay : IDisposable
{
    private readonly IDisk _disk;
    private readonly List<LogSegment> _segments;
    private readonly List<LogTruncation> _truncations;
    private readonly SequenceNumber _end;
    private readonly LogIndex _after;
    private LogReader? _reader;
    private SequenceNumber _next;
    private int _position = -1;
    private int _offset;
    private int _truncation;

    internal LogReplay(IDisk disk, LogScan scan, LogIndex after)
    {
        _disk = disk;
        _segments = scan.Chain;
        _truncations = scan.Truncations;
        _end = scan.Tail.Next;
        _after = after;
        SkipAppliedSegments();
    }

    /// <summary>False at the end.</summary>
    /// <exception cref="DiskException">A record that the scan accepted cannot be read any more.</exception>
    public bool TryReadNext(out LogEntryView entry)
    {
        entry = default;
        while (_next < _end)
        {
            LogReader reader = ReaderOfNext();
            if (!reader.TryRead(_offset, out LogRecordHeader header, out ReadOnlySpan<byte> record)
                || header.Sequence != _next)
            {
                string name = _segments[_position].Name;
                throw new DiskException(DiskError.Failed, $"{name} at {_offset}: changed between two reads");
            }

            int offset = _offset;
            _next = new SequenceNumber(_next.Value + 1);
            _offset = header.NextOffset(_offset);
            if (header.Kind == LogRecordKind.Entry && header.Index > _after && !IsReplaced(header))
            {
                entry = new LogEntryView(header, offset, record[LogFormat.HeaderBytes..]);
                return true;
            }
        }

        return false;
    }

    public void Dispose()
    {
        _reader?.Dispose();
        _reader = null;
    }

    private void SkipAppliedSegments()
    {
        int first = 0;
        while (first + 1 < _segments.Count && _segments[first + 1].IndexMaxBefore <= _after)
        {
            first++;
        }

        _position = first - 1;
        _next = _segments.Count == 0 ? _end : _segments[first].First;
    }

    private LogReader ReaderOfNext()
    {
        if (_position + 1 < _segments.Count && _next == _segments[_position + 1].First)
        {
            _position++;
            _offset = 0;
            _reader?.Dispose();
            _reader = new LogReader(_disk, _segments[_position].Number);
        }

        return _reader!;
    }

    private bool IsReplaced(in LogRecordHeader header)
    {
        while (_truncation < _truncations.Count && _truncations[_truncation].At <= header.Sequence)
        {
            _truncation++;
        }

        // Truncations behind an entry are few: each is a change of leader within one tail.
        for (int index = _truncation; index < _truncations.Count; index++)
        {
            if (_truncations[index].Replaces(header))
            {
                return true;
            }
        }

        return false;
    }
}
