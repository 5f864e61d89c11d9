namespace Keelson.Store.Host;

/// <summary>A lease right now.</summary>
/// <param name="GrantedSeconds">The TTL it was granted.</param>
/// <param name="RemainingMilliseconds">Until it ends, in cluster time; not negative.</param>
internal readonly record struct LeaseStatus(long GrantedSeconds, long RemainingMilliseconds);
