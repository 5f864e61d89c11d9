namespace Keelson.Store;

/// <summary>What the changes of a watch carry.</summary>
public sealed record WatchChangesOptions
{
    /// <summary>Also what the key was before; absent when it did not exist or was compacted.</summary>
    public bool ReturnPrevious { get; init; }
}
