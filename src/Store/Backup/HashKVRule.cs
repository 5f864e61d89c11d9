using Keelson.Base.Identity;

namespace Keelson.Store.Backup;

/// <summary>
/// Which versions etcd's HashKV covers (etcd 3.5.16, kvHasher). Above the compact revision: all up to the hash
/// revision. At or below it: no deletion, and of each key only the version that is visible at the <em>hash</em>
/// revision. So it is the same before and after the compaction has removed what it may.
/// </summary>
/// <param name="HashRevision">The revision that is hashed; the current one when the caller named none.</param>
/// <param name="CompactRevision">The compact revision; -1 when there is none.</param>
/// <param name="AnyLive">
/// Whether any key is live at the hash revision. When none is, etcd takes its empty list of versions to keep for "no
/// compaction" and covers what the compaction left, except deletions at the compact revision: 3.5.15 removed them.
/// </param>
internal readonly record struct HashKVRule(Revision HashRevision, Revision CompactRevision, bool AnyLive)
{
    /// <summary>Of versions at or below the compact revision only those that are visible here are covered.</summary>
    public Revision VisibleAt => AnyLive ? HashRevision : CompactRevision;

    /// <param name="revision">The version.</param>
    /// <param name="isTombstone">Whether it is a deletion.</param>
    /// <param name="next">The main revision of the same key's next version; null when it has none.</param>
    public bool Includes(ChangeRevision revision, bool isTombstone, Revision? next) =>
        Includes(revision, isTombstone, isVisible: next is null || next > VisibleAt);

    /// <param name="revision">The version.</param>
    /// <param name="isTombstone">Whether it is a deletion.</param>
    /// <param name="isVisible">
    /// Whether it is its key's newest version at <see cref="VisibleAt"/>; matters only for puts at or below the compact
    /// revision.
    /// </param>
    public bool Includes(ChangeRevision revision, bool isTombstone, bool isVisible)
    {
        if (revision.Revision > HashRevision)
        {
            return false;
        }

        if (revision.Revision > CompactRevision)
        {
            return true;
        }

        return !isTombstone && isVisible;
    }
}
