using Keelson.Base.Identity;

namespace Keelson.Store;

/// <summary>What a restored directory holds.</summary>
/// <param name="Revision">The newest revision.</param>
/// <param name="CompactRevision">The oldest readable one; -1 when nothing was compacted.</param>
/// <param name="Versions">Versions of keys, deletions included.</param>
/// <param name="Leases">Leases; each has as much time left as the backup says.</param>
public sealed record RestoreResult(Revision Revision, Revision CompactRevision, long Versions, long Leases);
