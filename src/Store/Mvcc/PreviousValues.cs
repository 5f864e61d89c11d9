using Keelson.Base.Identity;
using Keelson.Store.History;
using Keelson.Store.Tree;
using Keelson.Store.Watch;

namespace Keelson.Store.Mvcc;

/// <summary>
/// What a key was before a change: its version one revision earlier, which compaction may have taken (etcd 3.5, watch:
/// prev_kv is read at mod_revision - 1).
/// </summary>
internal sealed class PreviousValues(PageStore pages, HistoryStore history, Func<StoreState> published)
    : IPreviousValues
{
    private readonly VersionReader _versions = new(pages);

    public ReadOnlySpan<byte> Find(ReadOnlySpan<byte> key, ChangeRevision change)
    {
        StoreState state = published();
        var before = new Revision(change.Main - 1);
        return before.Value >= state.CompactRevision
            && _versions.TryGet(state.Keys, key, before, out VersionEntry entry)
            ? history.Read(entry.Modified)
            : default;
    }
}
