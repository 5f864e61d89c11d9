using Keelson.Base.Identity;
using Keelson.Base.Memory;

namespace Keelson.Store.Tree;

/// <summary>
/// Walks a whole tree and checks every rule that edits keep: order, separators, counts, one parent per page, sizes. The
/// caller is the owner, pinned or holds the root. Loads what is only on disk.
/// </summary>
internal sealed class TreeVerifier
{
    /// <summary>A broken tree has many faults; the first ones tell.</summary>
    public const int FaultsMax = 100;

    private readonly PageStore _pages;
    private readonly Action _afterLeaf;
    private readonly FrameSet _seen = new();
    private readonly List<TreeFault> _faults = [];
    private int _leafPages;
    private int _innerPages;
    private long _leafBodyBytes;

    private TreeVerifier(PageStore pages, Action afterLeaf)
    {
        _pages = pages;
        _afterLeaf = afterLeaf;
    }

    /// <param name="pages">The tree's pages.</param>
    /// <param name="root">The tree.</param>
    /// <param name="afterLeaf">
    /// Called after each leaf, when no leaf is being looked at: whoever is alone may drop pages then.
    /// </param>
    /// <exception cref="StoreDamageException">A page on disk is damaged.</exception>
    public static TreeReport Verify(PageStore pages, TreeRoot root, Action? afterLeaf = null)
    {
        var verifier = new TreeVerifier(pages, afterLeaf ?? (static () => { }));
        int depth = 0;
        if (!root.IsEmpty)
        {
            depth = PageLayout.Level(pages.Page(root.Frame)) + 1;
            InnerChild found = verifier.Walk(root.Frame, depth - 1, default);
            verifier.Require(
                found.LiveCount == root.LiveCount && found.EntryCount == root.EntryCount,
                TreeFaultKind.CountsDiffer,
                root.Frame);
        }

        return new TreeReport
        {
            Faults = verifier._faults,
            LeafPages = verifier._leafPages,
            InnerPages = verifier._innerPages,
            Depth = depth,
            LeafBodyBytes = verifier._leafBodyBytes,
        };
    }

    // What a load pushes out may be the leaf in hand: only a pin keeps it. Inner pages stay without one, so that the
    // walk as a whole holds nothing.
    private InnerChild Walk(int frame, int level, Bounds bounds)
    {
        InnerChild leaf = default;
        using (EpochPin pin = _pages.Epochs.Enter())
        {
            if (!IsWalkable(frame, level))
            {
                return default;
            }

            if (level == 0)
            {
                leaf = WalkLeaf(frame, bounds);
            }
        }

        if (level > 0)
        {
            return WalkInner(frame, level, bounds);
        }

        _afterLeaf();
        return leaf;
    }

    private bool IsWalkable(int frame, int level)
    {
        ReadOnlySpan<byte> page = _pages.Page(frame);
        bool first = _seen.Add(frame);
        Require(first, TreeFaultKind.ReachedTwice, frame);
        Require(PageLayout.Level(page) == level, TreeFaultKind.LevelDiffers, frame);
        Require(PageLayout.Count(page) > 0, TreeFaultKind.Empty, frame);
        return first && PageLayout.Level(page) == level;
    }

    private InnerChild WalkLeaf(int frame, Bounds bounds)
    {
        ReadOnlySpan<byte> page = _pages.Page(frame);
        var leaf = new LeafPage(page);
        _leafPages++;
        _leafBodyBytes += PageLayout.BodyBytes(page);
        RequireSize(page, frame, oneOnly: leaf.Count == 1);
        long live = 0;
        int bytes = PageLayout.HeaderBytes + PageLayout.Garbage(page);
        for (int slot = 0; slot < leaf.Count; slot++)
        {
            TreeEntry entry = leaf.Entry(slot);
            live += entry.Live ? 1 : 0;
            bool sharesKey = slot > 0 && leaf.KeyOffset(slot) == leaf.KeyOffset(slot - 1);
            bytes += PageLayout.LeafSlotBytes + leaf.EntryBytes(slot) + (sharesKey ? 0 : leaf.KeyCellBytes(slot));
            Require(bounds.Contains(entry.Key, entry.Revision), TreeFaultKind.OutOfRange, frame);
            if (slot > 0)
            {
                TreeEntry before = leaf.Entry(slot - 1);
                int order = before.Key.CompareTo(entry.Key);
                Require(order < 0 || (order == 0 && before.Revision > entry.Revision), TreeFaultKind.OutOfOrder, frame);
                Require(sharesKey == (order == 0), TreeFaultKind.KeyStoredTwice, frame);
            }
        }

        Require(bytes == PageLayout.BodyBytes(page), TreeFaultKind.SizesDiffer, frame);
        return new InnerChild(frame, live, leaf.Count);
    }

    private InnerChild WalkInner(int frame, int level, Bounds bounds)
    {
        const int splitChildrenMin = 4;
        ReadOnlySpan<byte> page = _pages.Page(frame);
        var inner = new InnerPage(page);
        _innerPages++;
        RequireSize(page, frame, oneOnly: inner.Count < splitChildrenMin);
        long live = 0;
        long all = 0;
        Bounds child = bounds;
        for (int slot = 0; slot < inner.Count; slot++)
        {
            bool last = slot + 1 == inner.Count;
            Bound? upper = last ? bounds.Upper : Bound.Of(inner.Entry(slot + 1));
            child = new Bounds(child.Lower, upper);
            Require(last || bounds.Holds(upper), TreeFaultKind.OutOfRange, frame);
            Require(child.Lower is null || upper is null || child.Lower.CompareTo(upper) < 0,
                TreeFaultKind.OutOfOrder, frame);
            InnerChild expected = inner.Child(slot);
            InnerChild found = Walk(expected.Frame, level - 1, child);
            Require(
                found.LiveCount == expected.LiveCount && found.EntryCount == expected.EntryCount,
                TreeFaultKind.CountsDiffer,
                expected.Frame);
            live += expected.LiveCount;
            all += expected.EntryCount;
            child = new Bounds(upper, null);
        }

        return new InnerChild(frame, live, all);
    }

    private void RequireSize(ReadOnlySpan<byte> page, int frame, bool oneOnly)
    {
        int bytes = PageLayout.BodyBytes(page) - PageLayout.Garbage(page);
        bool fits = bytes <= _pages.Options.SplitBytesOf(PageLayout.Level(page));
        Require(fits || oneOnly, TreeFaultKind.Oversize, frame);
        Require(PageLayout.GapBytes(page) >= 0, TreeFaultKind.SizesDiffer, frame);
    }

    private void Require(bool rule, TreeFaultKind kind, int frame)
    {
        if (!rule && _faults.Count < FaultsMax)
        {
            _faults.Add(new TreeFault(kind, frame));
        }
    }

    private sealed record Bound(byte[] Key, ChangeRevision? Revision) : IComparable<Bound>
    {
        public static Bound Of(InnerEntry entry)
        {
            var key = new byte[entry.Key.Length];
            entry.Key.CopyTo(key);
            return new Bound(key, entry.Revision);
        }

        public int CompareTo(Bound? other)
        {
            int order = Key.AsSpan().SequenceCompareTo(other is null ? default : other.Key);
            ChangeRevision otherRevision = other?.Revision ?? ChangeRevision.Last;
            return order != 0 ? order : otherRevision.CompareTo(Revision ?? ChangeRevision.Last);
        }

        /// <summary>Whether the position is at or after this bound.</summary>
        public bool IsAtOrBefore(KeyView key, ChangeRevision revision)
        {
            int order = key.CompareTo(Key);
            return order > 0 || (order == 0 && revision <= (Revision ?? ChangeRevision.Last));
        }

    }

    private readonly record struct Bounds(Bound? Lower, Bound? Upper)
    {
        public bool Contains(KeyView key, ChangeRevision revision) =>
            (Lower is null || Lower.IsAtOrBefore(key, revision))
            && (Upper is null || !Upper.IsAtOrBefore(key, revision));

        public bool Holds(Bound? inside) =>
            inside is null
            || ((Lower is null || Lower.CompareTo(inside) <= 0) && (Upper is null || inside.CompareTo(Upper) < 0));
    }
}
