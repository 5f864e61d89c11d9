namespace Keelson.Rpc.Etcd;

/// <param name="IsDelete">Then <paramref name="Current"/> has only its key and its revision.</param>
/// <param name="Current">The key after the change.</param>
/// <param name="Previous">Before it; set when asked for, there was one and it is not compacted.</param>
public sealed record WatchEvent(bool IsDelete, StoredValue Current, StoredValue? Previous);
