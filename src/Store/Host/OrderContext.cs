using Keelson.Base.Seams;

namespace Keelson.Store.Host;

/// <summary>What an order works with.</summary>
/// <param name="Parts">The store; its log stands behind the last entry.</param>
/// <param name="Segments">Prepares the log's next segments.</param>
/// <param name="Writing">Where log writes go.</param>
/// <param name="Batches">For entries that were not gathered here.</param>
internal sealed record OrderContext(StoreParts Parts, SegmentKeeper Segments, LogWriting Writing, BatchPool Batches)
{
    public required EngineSurroundings Surroundings { get; init; }

    public required ClusterClock Clock { get; init; }

    /// <summary>The largest batch that can come.</summary>
    public required int EntryBytesMax { get; init; }

    /// <summary>Wakes the commit loop. Any thread.</summary>
    public required Action Wake { get; init; }

    public IRandom Random => Surroundings.Random;
}
