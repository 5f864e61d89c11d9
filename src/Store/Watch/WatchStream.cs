namespace Keelson.Store.Watch;

/// <summary>One stream: its watches, and what it has not taken yet.</summary>
internal sealed class WatchStream(WatchStreamId id, long bytesMax)
{
    private readonly Queue<WatchItem> _items = new();

    public WatchStreamId Id { get; } = id;

    public Dictionary<long, Watcher> Watchers { get; } = [];

    /// <summary>Watches that catch up, the next one to serve first.</summary>
    public LinkedList<Watcher> Behind { get; } = [];

    /// <summary>Where the stream waits for its turn; null when it has nobody behind or is full.</summary>
    public LinkedListNode<WatchStream>? TurnNode { get; set; }

    /// <summary>The id to try next.</summary>
    public long NextWatchId { get; set; }

    /// <summary>Somebody was told that there is something to take.</summary>
    public bool IsAnnounced { get; set; }

    public long Bytes { get; private set; }

    public bool HasRoom => Bytes < bytesMax;

    public bool IsEmpty => _items.Count == 0;

    public void Queue(WatchItem item)
    {
        _items.Enqueue(item);
        Bytes += item.Bytes;
    }

    public bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out WatchItem? item)
    {
        bool taken = _items.TryDequeue(out item);
        Bytes -= item?.Bytes ?? 0;
        return taken;
    }
}
