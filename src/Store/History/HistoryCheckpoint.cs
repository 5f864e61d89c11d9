using Keelson.Base;

namespace Keelson.Store.History;

/// <summary>
/// Brings the history up to a batch boundary to disk, in pieces, while the owner goes on. On the maintenance thread:
/// take every write, do it, sync <see cref="Files"/> and the directory, then <see cref="Complete"/>, then write the
/// root.
/// </summary>
/// <remarks>
/// Promises: only bytes behind the last completed checkpoint's position are written, so nothing that a root reaches is
/// touched; what is written is the same whenever and however often checkpoints are taken.
/// </remarks>
internal sealed class HistoryCheckpoint
{
    private readonly HistoryStore _history;
    private readonly HistoryPosition _position;
    private readonly List<string> _files = [];
    private HistorySegment? _segment;
    private int _offset;
    private byte[] _footer = [];

    /// <param name="history">The history.</param>
    /// <param name="position">A batch boundary, from <see cref="HistoryStore.Position"/>.</param>
    public HistoryCheckpoint(HistoryStore history, HistoryPosition position)
    {
        _history = history;
        _position = position;
        HistoryPosition durable = history.Durable;
        Invariant.Require(position.Segment >= durable.Segment && position.Revision >= durable.Revision);
        HistorySegment[] segments = history.View.Segments;
        _segment = durable.Segment == 0
            ? segments.FirstOrDefault()
            : segments.Single(segment => segment.Id == durable.Segment);
        _offset = durable.Offset;
    }

    /// <summary>The files written so far: sync them before <see cref="Complete"/>.</summary>
    public IReadOnlyList<string> Files => _files;

    /// <summary>The next write; false when there is none left.</summary>
    public bool TryTake(out HistoryWrite write)
    {
        while (_segment is { } segment && _position.Segment != 0)
        {
            bool isLast = segment.Id == _position.Segment;
            int end = isLast ? _position.Offset : segment.End;
            if (_offset < end)
            {
                write = TakeFrames(segment, end);
                return true;
            }

            if (isLast)
            {
                break;
            }

            if (TryTakeFooter(segment, out write))
            {
                return true;
            }

            // Behind the last checkpoint there are only segments that the owner opened, one after the other.
            HistoryView view = _history.View;
            _segment = view.Segments[view.IndexOf(segment) + 1];
            _offset = 0;
            _footer = [];
        }

        write = default;
        return false;
    }

    /// <summary>After all writes are durable: what the next root persists.</summary>
    public HistoryState Complete()
    {
        Invariant.Require(!TryTake(out _));
        foreach (HistorySegment segment in _history.View.Segments)
        {
            if (segment.Id == _position.Segment)
            {
                break;
            }

            // The footer is on disk; blocks of it are cached like any other.
            segment.Index = null;
        }

        return _history.Complete(_position);
    }

    private HistoryWrite TakeFrames(HistorySegment segment, int end)
    {
        HistoryView view = _history.View;
        int index = view.FindChunk(segment, _offset);
        Invariant.Require(index >= 0);
        HistoryChunk chunk = view.Chunks[index];
        int length = Math.Min(Math.Min(chunk.End, end) - _offset, _history.Options.WriteBytesMax);
        Invariant.Require(length > 0);
        return Take(segment, chunk.Slice(_offset, length));
    }

    private bool TryTakeFooter(HistorySegment segment, out HistoryWrite write)
    {
        if (_footer.Length == 0)
        {
            Invariant.Require(segment.IsClosed && segment.Index is not null);
            _footer = HistorySegmentLayout.EncodeFooter(segment.Id, segment.Index.View);
        }

        ReadOnlySpan<byte> rest = _footer.AsSpan(_offset - segment.End);
        write = rest.IsEmpty
            ? default
            : Take(segment, rest[..Math.Min(rest.Length, _history.Options.WriteBytesMax)]);
        return !rest.IsEmpty;
    }

    private HistoryWrite Take(HistorySegment segment, ReadOnlySpan<byte> bytes)
    {
        if (_files.Count == 0 || _files[^1] != segment.FileName)
        {
            _files.Add(segment.FileName);
        }

        var write = new HistoryWrite { FileName = segment.FileName, Offset = _offset, Bytes = bytes };
        _offset += bytes.Length;
        return write;
    }
}
