using Keelson.Base.Identity;

namespace Keelson.Store;

/// <summary>What to read: which keys, as of when, and how many.</summary>
public sealed record RangeQuery
{
    public required KeyRange Keys { get; init; }

    /// <summary>As of this revision; null for now. Older than the compact revision is refused.</summary>
    public Revision? Revision { get; init; }

    /// <summary>At most this many keys; 0 for all.</summary>
    public int Limit { get; init; }

    /// <summary>Leave the values out: nothing is read from disk for them.</summary>
    public bool KeysOnly { get; init; }

    /// <summary>Only count: O(log n) for now, a walk for an older revision.</summary>
    public bool CountOnly { get; init; }
}
