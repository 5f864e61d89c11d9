using Keelson.Base;
using Keelson.Base.Identity;
using Keelson.Base.Memory;

namespace Keelson.Store.History;

/// <summary>
/// Copies what still lives in poor segments, in revision order, into one new segment. On the maintenance thread: take
/// every write, do it, sync <see cref="Files"/> and the directory, then <see cref="Complete"/>; delete the old files
/// after both roots were written anew and <see cref="IsUnread"/>.
/// </summary>
/// <remarks>
/// Promises: frames at the compact revision are copied whatever the tree says (a watch may start there: etcd 19179);
/// readers and cursors notice nothing; old files are not touched.
/// </remarks>
internal sealed class HistoryReclaim
{
    /// <summary>A sparse index is far less than this part of its segment, dead counts are estimates.</summary>
    private const int FooterDivisor = 8;

    private readonly HistoryStore _history;
    private readonly HistorySegment[] _sources;
    private readonly long[] _deadBefore;
    private readonly Revision _compactRevision;
    private readonly HistoryLiveness _isLive;
    private readonly ulong _id;
    private readonly byte[] _buffer;
    private readonly SparseIndex _index;
    private HistorySegment? _target;
    private byte[] _footer = [];

    // The frame to look at next, and how much of it is copied already.
    private int _source;
    private int _offset = HistorySegmentLayout.HeaderBytes;
    private int _copied;
    private int _written;
    private int _buffered;
    private long _mark;

    private HistoryReclaim(
        HistoryStore history, HistorySegment[] sources, Revision compactRevision, HistoryLiveness isLive)
    {
        _history = history;
        _sources = sources;
        _deadBefore = [.. sources.Select(source => source.DeadBytes)];
        _compactRevision = compactRevision;
        _isLive = isLive;
        _id = history.TakeSegmentId();
        _buffer = new byte[Math.Max(history.Options.WriteBytesMax, HistorySegmentLayout.HeaderBytes)];
        _index = new SparseIndex(history.Options.IndexStrideBytes);
    }

    /// <summary>The files written: sync them before <see cref="Complete"/>.</summary>
    public IEnumerable<string> Files => _target is null ? [] : [_target.FileName];

    /// <summary>About how many bytes it will write.</summary>
    public long BytesExpected =>
        _sources.Sum(source => source.End - source.DeadBytes + (source.End / FooterDivisor));

    /// <summary>The files that no root names once both were written after <see cref="Complete"/>.</summary>
    public IEnumerable<string> OldFiles => _sources.Select(source => source.FileName);

    /// <summary>After <see cref="Complete"/>: no reader that knew the old files is left.</summary>
    public bool IsUnread => _mark > 0 && _history.Epochs.HasPassed(_mark);

    /// <summary>Begins a pass over the segments that are worth it; null when none are.</summary>
    /// <param name="history">The history.</param>
    /// <param name="compactRevision">Nobody reads below it: the oldest of compact revision and long readers.</param>
    /// <param name="isLive">Asks the tree.</param>
    /// <param name="thorough">A little to gain is worth it.</param>
    public static HistoryReclaim? TryBegin(
        HistoryStore history, Revision compactRevision, HistoryLiveness isLive, bool thorough = false)
    {
        ReadOnlySpan<HistorySegment> run = ReclaimRun.Choose(history, compactRevision, thorough);
        return run.IsEmpty ? null : new HistoryReclaim(history, [.. run], compactRevision, isLive);
    }

    /// <summary>The next write; false when there is none left.</summary>
    /// <exception cref="StoreDamageException">A frame to copy is damaged; the pass must be given up.</exception>
    public bool TryTake(out HistoryWrite write)
    {
        _written += _buffered;
        _buffered = 0;
        while (_buffered < _buffer.Length && _source < _sources.Length)
        {
            CopyPiece();
        }

        if (_buffered == 0 && _target is not null)
        {
            FillFooter();
        }

        write = _target is null || _buffered == 0
            ? default
            : new HistoryWrite
            {
                FileName = _target.FileName,
                Offset = _written,
                Bytes = _buffer.AsSpan(0, _buffered),
            };
        return _buffered > 0;
    }

    /// <summary>After all writes are durable: the new segment takes the place of the old ones.</summary>
    public void Complete()
    {
        Invariant.Require(_source == _sources.Length && _buffered == 0);
        _history.ChangeView(view =>
        {
            int at = view.IndexOf(_sources[0]);
            Invariant.Require(at >= 0 && ReferenceEquals(view.Segments[at + _sources.Length - 1], _sources[^1]));
            if (_target is not null)
            {
                long died = _sources.Zip(_deadBefore, (source, before) => source.DeadBytes - before).Sum();
                _target.DeadBytes = Math.Min(died, _target.End - HistorySegmentLayout.HeaderBytes);
                _target.IsClosed = true;
            }

            HistorySegment[] segments =
            [
                .. view.Segments.AsSpan(0, at),
                .. _target is null ? [] : new[] { _target },
                .. view.Segments.AsSpan(at + _sources.Length),
            ];
            return new HistoryView(segments, view.Chunks);
        });
        _mark = _history.Epochs.Mark();
    }

    /// <summary>When the old files are deleted: closes them, so that the disk gets their bytes back.</summary>
    public void CloseOldFiles()
    {
        foreach (HistorySegment source in _sources)
        {
            _history.Blocks.Close(source);
        }
    }

    /// <summary>
    /// Until the buffer is full or as much was looked at: of dead frames nothing is copied, and what a pin has read
    /// stays in memory until it ends.
    /// </summary>
    private void CopyPiece()
    {
        using EpochPin pin = _history.Epochs.Enter();
        int source = _source;
        int stop = _offset > int.MaxValue - _buffer.Length ? int.MaxValue : _offset + _buffer.Length;
        while (_buffered < _buffer.Length && _source == source && _source < _sources.Length && _offset < stop)
        {
            CopyOne();
        }
    }

    private void CopyOne()
    {
        HistorySegment source = _sources[_source];
        if (_offset == source.End)
        {
            _source++;
            _offset = HistorySegmentLayout.HeaderBytes;
            return;
        }

        HistoryFrame frame = Peek(source);
        if (_copied == 0 && !IsKept(frame))
        {
            _offset += frame.Bytes.Length;
            return;
        }

        if (_copied == 0)
        {
            Begin(frame.Revision);
        }

        int length = Math.Min(frame.Bytes.Length - _copied, _buffer.Length - _buffered);
        frame.Bytes.Slice(_copied, length).CopyTo(_buffer.AsSpan(_buffered));
        _buffered += length;
        _copied += length;
        if (_copied == frame.Bytes.Length)
        {
            _offset += _copied;
            _copied = 0;
        }
    }

    private bool IsKept(HistoryFrame frame)
    {
        Revision revision = frame.Revision.Revision;
        return revision >= _compactRevision || (!frame.IsBatchEnd && _isLive(frame));
    }

    private void Begin(ChangeRevision revision)
    {
        if (_target is null)
        {
            _target = new HistorySegment(_id, revision);
            HistorySegmentLayout.WriteHeader(_buffer, _id, revision);
            _buffered = HistorySegmentLayout.HeaderBytes;
        }

        _index.Note(revision, _written + _buffered);
        _target.Last = revision.Revision;
    }

    private HistoryFrame Peek(HistorySegment source)
    {
        HistoryBlock block = _history.Blocks.LoadAhead(source, _offset, source.End);
        ReadOnlySpan<byte> rest = block.Bytes[(_offset - block.Offset)..];
        int length = HistoryFrameLayout.FrameBytes(rest);
        if (length == 0)
        {
            throw HistoryDamage.CutShort(source, _offset, rest.Length);
        }

        return HistoryFrameLayout.IsIntact(rest[..length])
            ? new HistoryFrame(rest[..length])
            : throw HistoryDamage.Checksum(source, _offset);
    }

    private void FillFooter()
    {
        Invariant.Require(_target is not null);
        if (_footer.Length == 0)
        {
            _target.End = _written;
            _footer = HistorySegmentLayout.EncodeFooter(_id, _index.View);
        }

        ReadOnlySpan<byte> rest = _footer.AsSpan(_written - _target.End);
        _buffered = Math.Min(rest.Length, _buffer.Length);
        rest[.._buffered].CopyTo(_buffer);
    }
}
