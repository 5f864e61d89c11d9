using Keelson.Store.Mvcc;

namespace Keelson.Store;

/// <summary>
/// Told what the engine did and how long it took. Called on the engine's own threads, for each write and each request:
/// it is quick, allocates nothing once it is warm, and never throws.
/// </summary>
internal interface IStoreObserver
{
    /// <summary>A log write is durable; several may be told at once.</summary>
    void LogWritten(int bytes, TimeSpan elapsed);

    /// <summary>A request was decided; from the apply thread.</summary>
    void Applied(RequestKind kind, StoreError error, TimeSpan elapsed);

    /// <summary>A slice of trimming held the apply thread for so long.</summary>
    void TrimSliced(TimeSpan elapsed);

    /// <summary>
    /// Nothing compacted is left in the tree, so long after there was something; from the apply thread.
    /// </summary>
    void Trimmed(TimeSpan elapsed);

    /// <summary>A checkpoint is durable; from the maintenance thread.</summary>
    /// <param name="elapsed">From its first write.</param>
    /// <param name="commit">Of that, its last step: the root written and synced.</param>
    void Checkpointed(TimeSpan elapsed, TimeSpan commit);

    /// <summary>A pass of reclaim that somebody asked for has ended; from the maintenance thread.</summary>
    void Reclaimed(TimeSpan elapsed);
}
