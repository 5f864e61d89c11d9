using Keelson.Base.Identity;

namespace Keelson.Store;

/// <summary>What a restored directory holds.</summary>
/// <param name="Revision">The newest revision.</param>
/// <param name="CompactRevision">The oldest readable one; -1 when nothing was compacted.</param>
/// <param name="Versions">Versions of keys, deletions included.</param>
/// <param name="Leases">Leases; each has as much time left as the backup says.</param>
/// <param name="AuthWasEnabled">
/// The server that was backed up asked its users who they are. Users, roles and permissions are not restored: what they
/// protected is open to everyone who reaches the new store.
/// </param>
public sealed record RestoreResult(
    Revision Revision, Revision CompactRevision, long Versions, long Leases, bool AuthWasEnabled);
