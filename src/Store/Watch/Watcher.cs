namespace Keelson.Store.Watch;

/// <summary>
/// One watch: a cursor. <see cref="Next"/> only ever rises, and only by what was queued or found not to be owed.
/// </summary>
internal sealed class Watcher(WatchStream stream, WatchGroup group, WatchRequest request)
{
    public WatchStream Stream { get; } = stream;

    public WatchGroup Group { get; } = group;

    public required long Id { get; init; }

    public bool ProgressNotify { get; } = request.ProgressNotify;

    public bool Fragment { get; } = request.Fragment;

    public WatcherPlace Place { get; set; }

    /// <summary>The next revision it wants. While live the hub's own next revision counts instead.</summary>
    public long Next { get; set; }

    /// <summary>Something was queued since the last round of progress notifications.</summary>
    public bool IsBusy { get; set; }

    /// <summary>Where it stands in <see cref="WatchGroup.Live"/>.</summary>
    public int LiveIndex { get; set; }

    /// <summary>Where it stands in <see cref="WatchStream.Behind"/>.</summary>
    public LinkedListNode<Watcher>? BehindNode { get; set; }

    /// <summary>The scan that it takes part in.</summary>
    public long Scan { get; set; }
}
