using Keelson.Base.Identity;
using Keelson.Store.History;
using Keelson.Store.Mvcc;
using Keelson.Store.Tree;

namespace Keelson.Store.Host;

/// <summary>What the tree says of a frame; inside a pin.</summary>
internal readonly ref struct MomentTree(VersionReader versions, TreeRoot keys)
{
    /// <summary>
    /// Whether the frame's version, a deletion too, is its key's newest at <paramref name="revision"/>.
    /// </summary>
    public bool IsVisible(HistoryFrame frame, Revision revision)
    {
        // A tombstone is not "found", but the entry is filled all the same.
        versions.TryGet(keys, MomentVersions.KeyOf(frame), revision, out VersionEntry newest);
        return newest.Modified == frame.Revision;
    }
}
