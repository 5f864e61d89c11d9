namespace Keelson.Store.Host;

/// <summary>What keeps a store from growing past what its disk and its next start can bear.</summary>
/// <param name="Reserve">The disk's free space.</param>
/// <param name="Tail">What a start would replay.</param>
internal sealed record GrowthLimits(DiskReserve Reserve, ReplayTail Tail);
