using Keelson.Base.Identity;
using Keelson.Store.Tree;

namespace Keelson.Store.Mvcc;

/// <summary>Asks the tree for one version, tombstones included; one thread at a time, inside an epoch pin.</summary>
internal sealed class VersionFinder(PageStore pages)
{
    private readonly TreeCursor _cursor = new(pages);

    public bool Exists(TreeRoot keys, ReadOnlySpan<byte> key, ChangeRevision revision) =>
        _cursor.Seek(keys, key, revision) && _cursor.Revision == revision && _cursor.CompareKey(key) == 0;
}
