using Keelson.Base.Memory;

namespace Keelson.Store.Tree;

/// <summary>What follows a removal: garbage is compacted, empty pages go, poor neighbours are merged.</summary>
internal sealed partial class EditableTree
{
    private void AfterRemoval()
    {
        Span<byte> page = _pages.Editable(_frames[_leafLevel]);
        if (PageLayout.Count(page) == 0)
        {
            DropEmptyPages();
            return;
        }

        if (IsPoor(page) && TryMerge(_leafLevel))
        {
            MergeParents(_leafLevel - 1);
        }
        else if (PageLayout.Garbage(page) > (page.Length - PageLayout.PrefixLength(page)) / 4)
        {
            Rebuild(LeafSequence.Of(new LeafPage(page)), sequential: false);
        }
    }

    private void DropEmptyPages()
    {
        int level = _leafLevel;
        while (true)
        {
            _pages.Drop(_frames[level]);
            if (level == 0)
            {
                _root = TreeRoot.Empty;
                return;
            }

            level--;
            Span<byte> parent = _pages.Editable(_frames[level]);
            InnerEditor.Remove(parent, _slots[level]);
            if (PageLayout.Count(parent) > 0)
            {
                break;
            }
        }

        MergeParents(level);
    }

    // A child of the page at this level went away.
    private void MergeParents(int level)
    {
        while (level > 0 && IsPoor(_pages.Page(_frames[level])) && TryMerge(level))
        {
            level--;
        }

        LowerRoot();
    }

    private void LowerRoot()
    {
        while (true)
        {
            ReadOnlySpan<byte> page = _pages.Page(_root.Frame);
            if (PageLayout.Level(page) == 0 || PageLayout.Count(page) > 1)
            {
                return;
            }

            int child = new InnerPage(page).Frame(0);
            _pages.Drop(_root.Frame);
            _root = _root with { Frame = child };
        }
    }

    private bool IsPoor(ReadOnlySpan<byte> page) => LiveBytes(page) < SplitBytesOf(page) / 4;

    // Merges the page with a neighbour below the same parent if both fit half a page, so that neither splits soon.
    private bool TryMerge(int level)
    {
        if (level == 0)
        {
            return false;
        }

        int slot = _slots[level - 1];
        var parent = new InnerPage(_pages.Page(_frames[level - 1]));
        if (parent.Count < 2)
        {
            return false;
        }

        int leftSlot = slot + 1 < parent.Count ? slot : slot - 1;
        ReadOnlySpan<byte> left = _pages.Page(parent.Frame(leftSlot));
        ReadOnlySpan<byte> right = _pages.Page(parent.Frame(leftSlot + 1));
        if (!MayFitTogether(left, right)
            || !TryBuildMerged(left, right, parent.Entry(leftSlot + 1), out NativeBlock merged))
        {
            return false;
        }

        int other = parent.Frame(slot == leftSlot ? leftSlot + 1 : leftSlot);
        InnerChild absorbed = parent.Child(leftSlot + 1);
        _pages.Exchange(_frames[level], merged);
        Span<byte> above = _pages.Editable(_frames[level - 1]);
        InnerEditor.SetFrame(above, leftSlot, _frames[level]);
        InnerEditor.AddCounts(above, leftSlot, absorbed.LiveCount, absorbed.EntryCount);
        InnerEditor.Remove(above, leftSlot + 1);
        _pages.Drop(other);
        return true;
    }

    // Measuring reads both pages. While versions are trimmed, a page that became poor stands beside full ones for a
    // hundred removals: their sizes alone say no. What a merged page can save by a better base stays below the slack.
    private bool MayFitTogether(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        LiveBytes(left) + LiveBytes(right) <= MergedBytesMax(left) + (SplitBytesOf(left) / 8);

    private int MergedBytesMax(ReadOnlySpan<byte> page) => SplitBytesOf(page) / 2;

    private static int LiveBytes(ReadOnlySpan<byte> page) => PageLayout.BodyBytes(page) - PageLayout.Garbage(page);

    private bool TryBuildMerged(
        ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, InnerEntry between, out NativeBlock merged)
    {
        merged = default;
        if (PageLayout.Level(left) == 0)
        {
            LeafSequence entries = LeafSequence.Of(new LeafPage(left), new LeafPage(right));
            if (LeafBuilder.Measure(entries, 0, entries.Count).BodyBytes > MergedBytesMax(left))
            {
                return false;
            }

            merged = BuildLeaf(entries, 0..entries.Count).Page;
            return true;
        }

        InnerSequence children = InnerSequence.Of(new InnerPage(left), between, new InnerPage(right));
        if (InnerBuilder.Measure(children, 0, children.Count).BodyBytes > MergedBytesMax(left))
        {
            return false;
        }

        merged = BuildInner(children, 0..children.Count, PageLayout.Level(left)).Page;
        return true;
    }
}
