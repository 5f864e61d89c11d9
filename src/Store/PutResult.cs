using Keelson.Base.Identity;

namespace Keelson.Store;

/// <summary>A put that is durable.</summary>
/// <param name="Revision">The revision it made.</param>
/// <param name="Previous">What was overwritten, when asked for and there was something.</param>
public sealed record PutResult(Revision Revision, KeyValue? Previous);
