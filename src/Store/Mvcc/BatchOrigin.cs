namespace Keelson.Store.Mvcc;

/// <summary>
/// Names a batch for the process that gathered it: so it knows its own again, whichever way and place they took in the
/// log. Nothing that is applied depends on it.
/// </summary>
/// <param name="Incarnation">64 random bits of the process; 0 for a store alone, which needs no names.</param>
/// <param name="Number">Its batches are numbered from 1.</param>
internal readonly record struct BatchOrigin(ulong Incarnation, long Number);
