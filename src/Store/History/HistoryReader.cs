using Keelson.Base.Identity;

namespace Keelson.Store.History;

/// <summary>
/// Reads many values inside one epoch pin. Ascending revisions share block reads and walk each block once; any order
/// is right.
/// </summary>
internal ref struct HistoryReader
{
    private readonly HistoryStore _history;
    private readonly HistoryView _view;
    private HistoryBlock _block;
    private ReadOnlySpan<byte> _rest;
    private ChangeRevision _passed;
    private int _segment;

    public HistoryReader(HistoryStore history)
    {
        _history = history;
        _view = history.View;
        _segment = -1;
    }

    /// <summary>The KeyValue bytes of one change.</summary>
    /// <exception cref="StoreDamageException">The frame is missing or damaged.</exception>
    public ReadOnlySpan<byte> Read(ChangeRevision revision)
    {
        int chunk = _view.FindChunk(revision);
        if (chunk >= 0)
        {
            ReadOnlySpan<byte> frame = _view.Chunks[chunk].Find(revision);
            return frame.IsEmpty
                ? throw HistoryDamage.Missing(_view.Chunks[chunk].Segment, _view.Chunks[chunk].FileOffset, revision)
                : frame[HistoryFrameLayout.HeaderBytes..];
        }

        if (!CanContinue(revision))
        {
            Load(revision);
        }

        return Walk(revision);
    }

    // Inside the block as long as the next block begins after the revision.
    private readonly bool CanContinue(ChangeRevision revision) =>
        !_rest.IsEmpty && revision > _passed && revision < _block.Next && _segment == _view.FindSegment(revision);

    private void Load(ChangeRevision revision)
    {
        int lastEnd = _segment >= 0 ? _block.End : 0;
        int lastSegment = _segment;
        _segment = _view.FindSegment(revision);
        if (_segment < 0)
        {
            throw new StoreDamageException(
                "history", 0, $"revision {revision}", _view.Segments.Length == 0 ? "nothing" : "later ones");
        }

        HistorySegment segment = _view.Segments[_segment];
        int end = _view.DiskEnd(_segment);
        _block = lastSegment == _segment
            ? _history.Blocks.LoadNext(segment, revision, end, lastEnd)
            : _history.Blocks.Load(segment, revision, end);
        _rest = _block.Bytes;
        _passed = default;
    }

    private ReadOnlySpan<byte> Walk(ChangeRevision revision)
    {
        while (!_rest.IsEmpty)
        {
            int offset = _block.End - _rest.Length;
            int length = HistoryFrameLayout.FrameBytes(_rest);
            if (length == 0)
            {
                throw HistoryDamage.CutShort(_block.Segment, offset, _rest.Length);
            }

            ReadOnlySpan<byte> frame = _rest[..length];
            ChangeRevision found = HistoryFrameLayout.Revision(frame);
            if (found > revision)
            {
                break;
            }

            _rest = _rest[length..];
            _passed = found;
            if (found == revision && (HistoryFrameLayout.Flags(frame) & HistoryFlags.BatchEnd) == 0)
            {
                return HistoryFrameLayout.IsIntact(frame)
                    ? frame[HistoryFrameLayout.HeaderBytes..]
                    : throw HistoryDamage.Checksum(_block.Segment, offset);
            }
        }

        throw HistoryDamage.Missing(_block.Segment, _block.Offset, revision);
    }
}
