using Keelson.Store.History;
using Keelson.Store.Mvcc;
using Keelson.Store.Tree;

namespace Keelson.Store.Host;

/// <summary>One moment of the store, held until its checkpoint is written.</summary>
/// <param name="State">The published root.</param>
/// <param name="HistoryPosition">The history's end at that moment.</param>
/// <param name="Tree">Its pages, held.</param>
internal sealed record CheckpointStart(StoreState State, HistoryPosition HistoryPosition, TreeCheckpoint Tree)
{
    /// <summary>Requests applied by then, as the machine counts them.</summary>
    public required long AppliedRequests { get; init; }

    /// <summary>Bytes recorded by then.</summary>
    public required long RecordedBytes { get; init; }
}
