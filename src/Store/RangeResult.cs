using Keelson.Base.Identity;

namespace Keelson.Store;

/// <summary>What a range held.</summary>
/// <param name="Revision">The store's newest revision when it was read, not the one asked for.</param>
/// <param name="KeyValues">Ascending by key.</param>
/// <param name="Count">All keys in the range, whatever the limit.</param>
/// <param name="More">The limit cut something off.</param>
public sealed record RangeResult(Revision Revision, IReadOnlyList<KeyValue> KeyValues, long Count, bool More);
