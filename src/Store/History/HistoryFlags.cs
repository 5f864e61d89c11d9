namespace Keelson.Store.History;

/// <summary>What a frame is; the values are on disk.</summary>
[Flags]
internal enum HistoryFlags
{
    None = 0,

    /// <summary>A deletion: the KeyValue carries key and mod_revision only.</summary>
    Tombstone = 1,

    /// <summary>Not a change but the end of a batch (<see cref="HistoryBatchEnd"/>).</summary>
    BatchEnd = 2,
}
