using Keelson.Base.Identity;

namespace Keelson.Store;

/// <summary>A granted lease.</summary>
/// <param name="Id">Attach keys with it.</param>
/// <param name="TimeToLive">What was granted: at least the store's minimum.</param>
public sealed record LeaseGrant(LeaseId Id, TimeSpan TimeToLive);
