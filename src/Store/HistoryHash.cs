using Keelson.Base.Identity;

namespace Keelson.Store;

/// <summary>What etcd's HashKV answers.</summary>
/// <param name="Hash">Over all versions that the rule includes.</param>
/// <param name="HashRevision">The revision that was hashed.</param>
/// <param name="CompactRevision">-1 when nothing was ever compacted.</param>
public sealed record HistoryHash(uint Hash, Revision HashRevision, Revision CompactRevision);
