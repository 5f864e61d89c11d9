using Keelson.Base.Identity;
using Keelson.Store.History;
using Keelson.Store.Mvcc;
using Keelson.Store.Tree;

namespace Keelson.Store.Host;

/// <summary>
/// Gives back what compaction made dead: poor history segments are copied without their dead frames, poor tree segments
/// are named to the next checkpoint, which moves their live pages. On the maintenance thread, in pieces; nobody waits
/// for it.
/// </summary>
internal sealed class Reclaimer
{
    /// <summary>A tree segment with less alive than one part in this many is poor.</summary>
    private const int PoorDivisor = 2;

    /// <summary>In a thorough pass one with more than this part dead is poor too.</summary>
    private const int PoorDivisorThorough = 8;

    private const int RootSlotCount = 2;

    private readonly StoreParts _parts;
    private readonly Func<StoreState> _published;
    private readonly Action _betweenPieces;
    private readonly DiskReserve _reserve;
    private readonly VersionFinder _versions;
    private readonly SegmentFiles _files;
    private HistoryReclaim? _replaced;
    private int _rootsSinceReplaced;

    /// <param name="parts">The store.</param>
    /// <param name="published">The published root.</param>
    /// <param name="reserve">Whether there is room for a copy.</param>
    /// <param name="betweenPieces">Called between pieces, for work that must not wait for a whole pass.</param>
    public Reclaimer(StoreParts parts, Func<StoreState> published, DiskReserve reserve, Action betweenPieces)
    {
        _reserve = reserve;
        _parts = parts;
        _published = published;
        _betweenPieces = betweenPieces;
        _versions = new VersionFinder(parts.Pages);
        _files = new SegmentFiles(parts.Disk);
    }

    /// <summary>Passes completed.</summary>
    public int Passes { get; private set; }

    /// <summary>
    /// One pass over the history, after the files of the last one are gone; true when segments were replaced, which the
    /// next checkpoint makes durable. Call it only
    /// when everything compacted was trimmed, since the tree says what lives.
    /// </summary>
    /// <param name="readableFrom">The oldest revision that a reader or a watch may still want.</param>
    /// <param name="thorough">Somebody asked for it: segments with little to gain are copied too.</param>
    public bool ReclaimHistory(Revision readableFrom, bool thorough)
    {
        HistoryReclaim? pass = readableFrom.Value <= 0 || _replaced is not null
            ? null
            : HistoryReclaim.TryBegin(_parts.History, readableFrom, IsLive, thorough);
        if (pass is null || !_reserve.Fits(pass.BytesExpected))
        {
            return false;
        }

        while (pass.TryTake(out HistoryWrite write))
        {
            _files.Write(write.FileName, write.Offset, write.Bytes);
            _betweenPieces();
        }

        _files.Sync();
        WaitForOlderReaders();
        pass.Complete();
        _replaced = pass;
        _rootsSinceReplaced = 0;
        Passes++;
        return true;
    }

    /// <summary>
    /// A reader that loaded an older root may still want a frame that the newest one does not: it leaves first.
    /// </summary>
    private void WaitForOlderReaders()
    {
        long stamp = _parts.Epochs.Stamp();
        SpinWait.SpinUntil(() => _parts.Epochs.Advance() > stamp);
    }

    /// <summary>Files that a reader of an older view may still open, though the roots no longer name them.</summary>
    public IEnumerable<string> GuardedFiles => _replaced?.OldFiles ?? [];

    /// <summary>
    /// A root was written. With the second one since a pass no root names its old files any more, and when no reader
    /// does either they are closed, which gives their bytes back.
    /// </summary>
    public void Checkpointed()
    {
        if (_replaced is { IsUnread: true } && ++_rootsSinceReplaced >= RootSlotCount)
        {
            _replaced.CloseOldFiles();
            _replaced = null;
        }
    }

    /// <summary>
    /// Closed tree segments that are mostly dead: what the next checkpoint shall move, as far as there is room.
    /// </summary>
    /// <param name="thorough">Somebody asked for it: also small ones, and those with little to gain.</param>
    public IReadOnlySet<int> PoorTreeSegments(bool thorough)
    {
        HashSet<int> poor = [];
        long moved = 0;
        foreach (TreeSegment segment in _parts.Pages.Segments)
        {
            bool isPoor = thorough
                ? segment.Bytes - segment.LiveBytes > segment.Bytes / PoorDivisorThorough
                : segment.LiveBytes < segment.Bytes / PoorDivisor
                    && segment.Bytes >= _parts.Tuning.PoorTreeSegmentBytesMin;
            if (isPoor && segment.LiveBytes > 0 && _reserve.Fits(moved + segment.LiveBytes))
            {
                poor.Add(segment.Number);
                moved += segment.LiveBytes;
            }
        }

        return poor;
    }

    private bool IsLive(HistoryFrame frame)
    {
        bool read = KeyValueView.TryRead(frame.KeyValue, out KeyValueView keyValue);
        return read && _versions.Exists(_published().Keys, keyValue.Key, frame.Revision);
    }
}
