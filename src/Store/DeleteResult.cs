using Keelson.Base.Identity;

namespace Keelson.Store;

/// <summary>A deletion that is durable.</summary>
/// <param name="Revision">The revision it made; the current one when nothing was deleted.</param>
/// <param name="Deleted">How many keys.</param>
public sealed record DeleteResult(Revision Revision, long Deleted);
