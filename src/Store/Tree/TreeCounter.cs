using Keelson.Base.Identity;

namespace Keelson.Store.Tree;

/// <summary>
/// Counts intervals of keys by the counts in inner pages: O(log n), however many entries lie between.
/// </summary>
internal static class TreeCounter
{
    /// <summary>Live entries with a key in [start, end), or from start on. The caller is pinned.</summary>
    public static long CountLive(
        PageStore pages, TreeRoot root, ReadOnlySpan<byte> start, ReadOnlySpan<byte> end, bool toEnd) =>
        Count(pages, root, start, end, toEnd).LiveCount;

    /// <summary>All entries with a key in [start, end), or from start on. The caller is pinned.</summary>
    public static long CountEntries(
        PageStore pages, TreeRoot root, ReadOnlySpan<byte> start, ReadOnlySpan<byte> end, bool toEnd) =>
        Count(pages, root, start, end, toEnd).EntryCount;

    private static InnerChild Count(
        PageStore pages, TreeRoot root, ReadOnlySpan<byte> start, ReadOnlySpan<byte> end, bool toEnd)
    {
        if (root.IsEmpty || (!toEnd && start.SequenceCompareTo(end) >= 0))
        {
            return default;
        }

        InnerChild upper = toEnd ? new InnerChild(0, root.LiveCount, root.EntryCount) : Before(pages, root, end);
        InnerChild lower = Before(pages, root, start);
        return new InnerChild(0, upper.LiveCount - lower.LiveCount, upper.EntryCount - lower.EntryCount);
    }

    // Everything left of the key.
    private static InnerChild Before(PageStore pages, TreeRoot root, ReadOnlySpan<byte> key)
    {
        long live = 0;
        long all = 0;
        ReadOnlySpan<byte> page = pages.Page(root.Frame);
        while (PageLayout.Level(page) > 0)
        {
            var inner = new InnerPage(page);
            int slot = inner.Search(key, ChangeRevision.Last);
            for (int left = 0; left < slot; left++)
            {
                InnerChild child = inner.Child(left);
                live += child.LiveCount;
                all += child.EntryCount;
            }

            page = pages.Page(inner.Frame(slot));
        }

        var leaf = new LeafPage(page);
        int end = leaf.Search(key, ChangeRevision.Last, out _);
        for (int slot = 0; slot < end; slot++)
        {
            live += leaf.Live(slot) ? 1 : 0;
        }

        return new InnerChild(0, live, all + end);
    }
}
