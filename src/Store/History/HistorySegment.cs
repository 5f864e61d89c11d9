using Keelson.Base.Identity;

namespace Keelson.Store.History;

/// <summary>
/// One segment of the history. The owner raises end and last revision while it is open; the dead count changes under
/// the store's lock.
/// </summary>
internal sealed class HistorySegment(ulong id, ChangeRevision first)
{
    private int _end;
    private SparseIndex? _index;

    public ulong Id { get; } = id;

    public string FileName { get; } = HistorySegmentLayout.FileName(id);

    /// <summary>The revision of the first frame.</summary>
    public ChangeRevision First { get; } = first;

    /// <summary>The main revision of the last frame.</summary>
    public Revision Last { get; set; }

    /// <summary>The file offset behind the last frame.</summary>
    public int End
    {
        get => Volatile.Read(ref _end);
        set => Volatile.Write(ref _end, value);
    }

    /// <summary>No frame will be added.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Frame bytes that reclaim would not copy.</summary>
    public long DeadBytes { get; set; }

    /// <summary>The index in memory; null once the footer is on disk.</summary>
    public SparseIndex? Index
    {
        get => Volatile.Read(ref _index);
        set => Volatile.Write(ref _index, value);
    }
}
