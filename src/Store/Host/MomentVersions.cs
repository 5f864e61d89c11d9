using Keelson.Base;
using Keelson.Base.Identity;
using Keelson.Base.Memory;
using Keelson.Store.Backup;
using Keelson.Store.History;
using Keelson.Store.Mvcc;

namespace Keelson.Store.Host;

/// <summary>
/// The versions of one moment in order of revision: all that a compaction at its compact revision keeps, whether or not
/// trimming and reclaim have dropped the rest yet. Reads a chunk at a time.
/// </summary>
internal sealed class MomentVersions : IBackupVersions
{
    /// <summary>A chunk takes no further frame once it holds this much; one larger frame is a chunk alone.</summary>
    private const int ChunkBytes = 256 * 1024;

    /// <summary>Frames looked at inside one epoch pin: memory waits to be freed meanwhile.</summary>
    private const int FramesPerPin = 4096;

    private readonly StoreMoment _moment;
    private readonly HistoryCursor _cursor;
    private readonly VersionReader _versions;
    private readonly MomentFilter _filter;
    private readonly Revision _through;
    private byte[] _chunk = new byte[ChunkBytes];
    private int _filled;
    private int _position;
    private int _next;

    /// <param name="moment">What is read.</param>
    /// <param name="through">The last revision that is looked at.</param>
    /// <param name="filter">Which versions; <see cref="KeptByCompaction"/> for a backup.</param>
    public MomentVersions(StoreMoment moment, Revision through, MomentFilter filter)
    {
        _moment = moment;
        _through = through;
        _filter = filter;
        _cursor = new HistoryCursor(moment.History);
        _versions = new VersionReader(moment.Pages);
    }

    public ChangeRevision Revision => Frame.Revision;

    public bool IsTombstone => Frame.IsTombstone;

    public ReadOnlySpan<byte> Key => KeyOf(Frame);

    public int KeyValueLength => Frame.KeyValue.Length;

    /// <summary>The encoded KeyValue.</summary>
    public ReadOnlySpan<byte> KeyValue => Frame.KeyValue;

    private HistoryFrame Frame => new(_chunk.AsSpan(_position, _next - _position));

    public static MomentVersions KeptByCompaction(StoreMoment moment)
    {
        var compact = new Revision(moment.State.CompactRevision);
        return new MomentVersions(moment, moment.State.Revision, (frame, tree) =>
            frame.Revision.Revision > compact
            || (tree.IsVisible(frame, compact) && (!frame.IsTombstone || frame.Revision.Revision == compact)));
    }

    public bool Next()
    {
        if (_next == _filled && !Fill())
        {
            return false;
        }

        _position = _next;
        _next += HistoryFrameLayout.FrameBytes(_chunk.AsSpan(_position, _filled - _position));
        return true;
    }

    public void CopyKeyValue(Span<byte> destination) => Frame.KeyValue.CopyTo(destination);

    internal static ReadOnlySpan<byte> KeyOf(HistoryFrame frame)
    {
        bool isRead = KeyValueView.TryRead(frame.KeyValue, out KeyValueView keyValue);
        Invariant.Require(isRead);
        return keyValue.Key;
    }

    private bool Fill()
    {
        _filled = 0;
        _position = 0;
        _next = 0;
        bool more = true;
        while (more && _filled == 0)
        {
            using (EpochPin pin = _moment.Enter())
            {
                more = FillPinned();
            }

            _moment.RequireHeld();
        }

        return _filled > 0;
    }

    private bool FillPinned()
    {
        var tree = new MomentTree(_versions, _moment.NewestKeys);
        for (int visited = 0; visited < FramesPerPin && _filled < ChunkBytes; visited++)
        {
            if (!_cursor.TryNext(_through, out HistoryFrame frame))
            {
                return false;
            }

            if (_filter(frame, tree))
            {
                Append(frame.Bytes);
            }
        }

        return true;
    }

    private void Append(ReadOnlySpan<byte> frame)
    {
        if (_chunk.Length - _filled < frame.Length)
        {
            Array.Resize(ref _chunk, _filled + frame.Length);
        }

        frame.CopyTo(_chunk.AsSpan(_filled));
        _filled += frame.Length;
    }
}
