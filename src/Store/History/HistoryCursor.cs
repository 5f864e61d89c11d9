using Keelson.Base.Identity;

namespace Keelson.Store.History;

/// <summary>
/// Walks the history in revision order, from segments into the memory tail. One thread at a time.
/// </summary>
/// <remarks>
/// Promises: every frame from the sought revision on, in order, once, whatever checkpoints, trims and reclaims do
/// meanwhile; what reclaim dropped is passed over. Each turn is inside an epoch pin of its own: the cursor remembers a
/// place, not memory, and looks whether what it saw last turn is still there.
/// </remarks>
internal sealed class HistoryCursor(HistoryStore history)
{
    private HistoryView? _view;
    private HistorySegment? _segment;
    private int _offset;
    private int _segmentIndex;
    private int _chunkIndex;
    private HistoryBlock _block;

    // Everything up to and including this was passed. It finds the place when there is none or it was reclaimed.
    private ChangeRevision _passed = ChangeRevision.LastOf(new Revision(0));

    // The place was found by revision: frames up to the passed one may still stand before it.
    private bool _isSearching = true;

    /// <summary>Also yields batch ends; for followers' catch-up, not for watchers.</summary>
    public bool IncludeBatchEnds { get; init; }

    /// <summary>Where the last frame stands; meaningful after one was found.</summary>
    public HistorySegment? Segment => _segment;

    /// <summary>The next frame will be the first one of revision <paramref name="from"/> or later.</summary>
    public void Seek(Revision from)
    {
        _passed = ChangeRevision.LastOf(new Revision(from.Value - 1));
        _segment = null;
        _view = null;
    }

    /// <summary>
    /// The next frame; false, and the place kept, when there is none up to revision <paramref name="upTo"/>, which a
    /// published root must name. The frame's bytes stay until the pin ends.
    /// </summary>
    /// <exception cref="StoreDamageException">The next frame is damaged.</exception>
    public bool TryNext(Revision upTo, out HistoryFrame frame)
    {
        while (TryPeek(out ReadOnlySpan<byte> bytes))
        {
            frame = new HistoryFrame(bytes);
            ChangeRevision revision = frame.Revision;
            if (revision.Main > upTo.Value)
            {
                break;
            }

            _offset += bytes.Length;
            bool isBatchEnd = frame.IsBatchEnd;
            _isSearching &= revision <= _passed;
            if (_isSearching)
            {
                continue;
            }

            _passed = revision;
            if (IncludeBatchEnds || !isBatchEnd)
            {
                return true;
            }
        }

        frame = default;
        return false;
    }

    private bool TryPeek(out ReadOnlySpan<byte> frame)
    {
        HistoryView view = history.View;
        if (!ReferenceEquals(view, _view))
        {
            _view = view;
            Locate(view);
        }

        while (_segment is { } segment)
        {
            if (_chunkIndex >= 0 && _offset < view.Chunks[_chunkIndex].End)
            {
                frame = view.Chunks[_chunkIndex].From(_offset);
                frame = frame[..HistoryFrameLayout.FrameBytes(frame)];
                return true;
            }

            if (_chunkIndex < 0 && _offset < view.DiskEnd(_segmentIndex))
            {
                frame = PeekBlock(view, segment);
                return true;
            }

            if (!TryAdvance(view))
            {
                break;
            }
        }

        frame = default;
        return false;
    }

    private ReadOnlySpan<byte> PeekBlock(HistoryView view, HistorySegment segment)
    {
        if (!_block.IsCurrent || !ReferenceEquals(_block.Segment, segment)
            || _offset < _block.Offset || _offset >= _block.End)
        {
            _block = history.Blocks.LoadAhead(segment, _offset, view.DiskEnd(_segmentIndex));
        }

        ReadOnlySpan<byte> rest = _block.Bytes[(_offset - _block.Offset)..];
        int length = HistoryFrameLayout.FrameBytes(rest);
        if (length == 0)
        {
            throw HistoryDamage.CutShort(segment, _offset, rest.Length);
        }

        return HistoryFrameLayout.IsIntact(rest[..length])
            ? rest[..length]
            : throw HistoryDamage.Checksum(segment, _offset);
    }

    /// <summary>To the next chunk or segment; false at the end of everything.</summary>
    private bool TryAdvance(HistoryView view)
    {
        if (_chunkIndex >= 0 || _segmentIndex + 1 >= view.Segments.Length || view.DiskEnd(_segmentIndex + 1) == 0)
        {
            return TryEnterChunk(view, _chunkIndex + 1);
        }

        _segmentIndex++;
        _segment = view.Segments[_segmentIndex];
        _offset = HistorySegmentLayout.HeaderBytes;
        return true;
    }

    private bool TryEnterChunk(HistoryView view, int index)
    {
        if (index >= view.Chunks.Length)
        {
            return false;
        }

        _chunkIndex = index;
        _segment = view.Chunks[index].Segment;
        _offset = view.Chunks[index].FramesStart;
        return true;
    }

    private void Locate(HistoryView view)
    {
        _block = default;
        if (_segment is { } segment && view.IndexOf(segment) is var index and >= 0)
        {
            _segmentIndex = index;
            _chunkIndex = view.FindChunk(segment, _offset);
            return;
        }

        LocateRevision(view);
    }

    private void LocateRevision(HistoryView view)
    {
        _isSearching = true;
        _chunkIndex = view.FindChunk(_passed);
        if (_chunkIndex >= 0)
        {
            HistoryChunk chunk = view.Chunks[_chunkIndex];
            _segment = chunk.Segment;
            _offset = chunk.LowerBound(_passed);
            return;
        }

        _segmentIndex = Math.Max(view.FindSegment(_passed), 0);
        _segment = _segmentIndex < view.Segments.Length ? view.Segments[_segmentIndex] : null;
        if (_segment is null)
        {
            return;
        }

        int end = view.DiskEnd(_segmentIndex);
        if (end == 0)
        {
            TryEnterChunk(view, 0);
            return;
        }

        SparseIndexView entries = history.Blocks.Index(_segment);
        _offset = entries.Count == 0 ? HistorySegmentLayout.HeaderBytes : entries.Offset(entries.FindRevision(_passed));
    }
}
