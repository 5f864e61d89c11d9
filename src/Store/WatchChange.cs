namespace Keelson.Store;

/// <summary>One change of one key.</summary>
/// <param name="KeyValue">What it is now; of a deletion only key and mod revision.</param>
/// <param name="IsDelete">The key was deleted.</param>
/// <param name="Previous">What it was before, when asked for and still readable.</param>
public sealed record WatchChange(KeyValue KeyValue, bool IsDelete, KeyValue? Previous);
