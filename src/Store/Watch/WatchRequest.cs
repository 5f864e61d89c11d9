using Keelson.Base.Identity;

namespace Keelson.Store.Watch;

/// <summary>What a client asks for (etcd: WatchCreateRequest).</summary>
internal sealed record WatchRequest
{
    /// <summary>Empty counts as one zero byte.</summary>
    public required Bytes Key { get; init; }

    /// <summary>Empty: one key; one zero byte: to the end; otherwise the first key beyond.</summary>
    public Bytes RangeEnd { get; init; }

    /// <summary>The first revision wanted; 0 for the next one to come.</summary>
    public Revision StartRevision { get; init; }

    public bool PreviousKeyValue { get; init; }

    public bool ProgressNotify { get; init; }

    public WatchFilters Filters { get; init; }

    /// <summary>The events of one revision may come in several items.</summary>
    public bool Fragment { get; init; }

    /// <summary>The id that the client wants; 0 or -1 to get one.</summary>
    public long WatchId { get; init; }
}
