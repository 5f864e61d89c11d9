namespace Keelson.Store.Watch;

/// <summary>
/// The watches of one range: an event is looked up and encoded once for all of them. Also a node of the index.
/// </summary>
internal sealed class WatchGroup(WatchRange range)
{
    private Bytes _largestEnd;
    private bool _reachesEnd;

    public WatchRange Range { get; } = range;

    public ulong Priority { get; } = range.Priority();

    public WatchGroup? Left { get; set; }

    public WatchGroup? Right { get; set; }

    /// <summary>Watches of any state.</summary>
    public int Watchers { get; set; }

    /// <summary>Those that got everything published.</summary>
    public List<Watcher> Live { get; } = [];

    /// <summary>The scan for which events of this group are collected.</summary>
    public long Scan { get; set; }

    /// <summary>The events that the running scan found; empty between scans.</summary>
    public WatchEventBuffer Found { get; } = new();

    public bool EndsBeyond(ReadOnlySpan<byte> key) => Range.ToEnd || Range.End.Span.SequenceCompareTo(key) > 0;

    /// <summary>True when any range at or below this node ends beyond the key.</summary>
    public bool ReachesBeyond(ReadOnlySpan<byte> key) => _reachesEnd || _largestEnd.Span.SequenceCompareTo(key) > 0;

    /// <summary>Recomputes what depends on the nodes below.</summary>
    public void Update()
    {
        _largestEnd = Range.End;
        _reachesEnd = Range.ToEnd;
        Include(Left);
        Include(Right);
    }

    private void Include(WatchGroup? child)
    {
        if (child is not null)
        {
            _reachesEnd |= child._reachesEnd;
            bool isLarger = child._largestEnd.Span.SequenceCompareTo(_largestEnd.Span) > 0;
            _largestEnd = isLarger ? child._largestEnd : _largestEnd;
        }
    }
}
