using Keelson.Base.Codec;
using Keelson.Base.Identity;

namespace Keelson.Store.History;

/// <summary>
/// Computes the chain hash anew over frames in order, and compares it with what each batch end says, as far as that is
/// possible: reclaim drops frames and batch ends below the compact revision, and over a gap no hash leads.
/// </summary>
/// <remarks>
/// A batch is checked when the end before it is known to be its neighbour. Reclaim keeps everything from its compact
/// revision on, so behind a batch end nothing of the same segment is missing. Into the next segment that holds only if
/// it was never copied: a copy has no batch end but at its last revision, because only segments that lie wholly at or
/// below the compact revision are copied.
/// </remarks>
internal sealed class HistoryChain
{
    private HistoryBatchEnd? _before;
    private HistorySegment? _segment;
    private ulong _hash;
    private int _segmentsSince;

    /// <summary>Batches whose hash was computed.</summary>
    public long Checked { get; private set; }

    /// <summary>Batches that stand behind a gap.</summary>
    public long Skipped { get; private set; }

    /// <summary>The last batch end; null before the first.</summary>
    public HistoryBatchEnd? Last => _before;

    /// <summary>Frames were passed over.</summary>
    public void Break()
    {
        _before = null;
        _segment = null;
    }

    /// <summary>The next frame, a batch end or a change; what is wrong with it, or null.</summary>
    public string? Add(HistoryFrame frame, HistorySegment segment)
    {
        if (!ReferenceEquals(segment, _segment))
        {
            _segmentsSince += _segment is null ? 0 : 1;
            _segment = segment;
        }

        if (!frame.IsBatchEnd)
        {
            _hash = Hash64.Compute(frame.Bytes, _hash);
            return null;
        }

        ReadOnlySpan<byte> hashed =
            frame.Bytes.Slice(HistoryFrameLayout.MainOffset, HistoryFrameLayout.BatchEndHashedBytes);
        _hash = Hash64.Compute(hashed, _hash);
        if (!HistoryBatchEnd.TryRead(frame, out HistoryBatchEnd end))
        {
            return $"revision {frame.Revision}: expected a batch end of {HistoryFrameLayout.BatchEndBytes} bytes, "
                + $"found {frame.KeyValue.Length}";
        }

        string? fault = Compare(end, frame.Revision, segment);
        _before = end;
        _hash = end.ChainHash;
        _segmentsSince = 0;
        return fault;
    }

    private string? Compare(HistoryBatchEnd end, ChangeRevision revision, HistorySegment segment)
    {
        bool isNeighbour = _before is { } before && IsNext(before.Index, end.Index);
        bool isInside = _before is not null && _segmentsSince == 0;
        bool isAcross = isNeighbour && _segmentsSince == 1 && (!segment.IsClosed || revision.Main < segment.Last.Value);
        if (!isInside && !isAcross)
        {
            Skipped++;
            return null;
        }

        Checked++;
        if (!isNeighbour)
        {
            return $"revision {revision}: expected the end of entry {_before!.Value.Index.Value + 1}, "
                + $"found that of {end.Index}";
        }

        return _hash == end.ChainHash
            ? null
            : $"batch of entry {end.Index}, which ends at revision {revision.Main}: "
                + $"expected chain hash {end.ChainHash:x16}, found {_hash:x16}";
    }

    /// <summary>What a restore wrote came from no log: its batches all say 0.</summary>
    private static bool IsNext(LogIndex before, LogIndex index) =>
        index.Value == before.Value + 1 || (index.Value == 0 && before.Value == 0);
}
