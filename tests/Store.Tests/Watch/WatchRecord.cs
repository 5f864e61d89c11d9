using System.Text;
using Keelson.Store.Requests;
using Keelson.Store.Watch;

namespace Keelson.Store.Tests.Watch;

/// <summary>What one watch asked for and got.</summary>
internal sealed class WatchRecord(WatchRequest request, long id, long start)
{
    public WatchRequest Request { get; } = request;

    public long Id { get; } = id;

    /// <summary>The first revision owed.</summary>
    public long Start { get; } = start;

    /// <summary>Everything that came for it, in order.</summary>
    public List<WatchItem> Items { get; } = [];

    /// <summary>Progress revisions, and how many items had come before.</summary>
    public List<(long Revision, int Items)> Bookmarks { get; } = [];

    public bool IsCanceled { get; set; }

    public IEnumerable<WatchItem.Events> Events => Items.OfType<WatchItem.Events>();

    public List<WatchChange> Changes => [.. Events.SelectMany(WatchClient.Decode)];

    public WatchItem.Compacted? Compacted => Items.OfType<WatchItem.Compacted>().SingleOrDefault();

    /// <summary>What this watch must get of these changes.</summary>
    public List<WatchChange> Owed(IEnumerable<WatchChange> changes) =>
    [
        .. changes.Where(Wants).Select(change => Request.PreviousKeyValue ? change : change with { Previous = "" }),
    ];

    private bool Wants(WatchChange change)
    {
        WatchFilters filter = change.IsDelete ? WatchFilters.NoDelete : WatchFilters.NoPut;
        byte[] key = Request.Key.IsEmpty ? [0] : Request.Key.Span.ToArray();
        return change.Revision >= Start && (Request.Filters & filter) == 0
            && new KeyInterval(key, Request.RangeEnd.Span).Contains(Encoding.ASCII.GetBytes(change.Key));
    }
}
