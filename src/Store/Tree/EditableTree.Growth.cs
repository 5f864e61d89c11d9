using Keelson.Base.Memory;
using Keelson.Base;

namespace Keelson.Store.Tree;

/// <summary>Insertion, and the splits that it causes.</summary>
internal sealed partial class EditableTree
{
    private readonly List<int> _ends = [];
    private readonly List<Part> _parts = [];
    private readonly SeparatorBuffer[] _separators = [new(), new()];

    // The path leads to the leaf and the slot; the counts on it grow here.
    private void InsertAt(int slot, int keyOffset, TreeEntry entry)
    {
        if (_root.IsEmpty)
        {
            InsertFirst(entry);
            return;
        }

        MakePathEditable();
        AddCounts(entry.Live ? 1 : 0, 1);
        int frame = _frames[_leafLevel];
        Span<byte> page = _pages.Editable(frame);
        var leaf = new LeafPage(page);
        if (entry.Key.StartsWith(leaf.Prefix))
        {
            int bytes = LeafEditor.InsertBytes(leaf, keyOffset, entry);
            if (PageLayout.BodyBytes(page) + bytes <= _pages.Options.SplitBytes)
            {
                LeafEditor.Insert(_pages.MakeRoom(frame, bytes), slot, keyOffset, entry);
                return;
            }
        }

        Rebuild(LeafSequence.Inserting(leaf, entry, slot), PageLayout.ContinuesRun(page, slot));
    }

    private void InsertFirst(TreeEntry entry)
    {
        Part part = BuildLeaf(LeafSequence.Only(entry), 0..1);
        _root = new TreeRoot(_pages.Create(part.Page), part.LiveCount, 1);
    }

    // Replaces the leaf of the path by one or more; the counts on the path are already those of the result.
    private void Rebuild(LeafSequence entries, bool sequential)
    {
        new LeafPartition(entries, _pages.Options.SplitBytes, _ends).Cut(sequential);
        _parts.Clear();
        int from = 0;
        long live = 0;
        foreach (int end in _ends)
        {
            Part part = BuildLeaf(entries, from..end);
            _parts.Add(part);
            live += part.LiveCount;
            from = end;
        }

        long all = entries.Count;
        _pages.Exchange(_frames[_leafLevel], _parts[0].Page);
        for (int index = 1; index < _parts.Count; index++)
        {
            live -= _parts[index - 1].LiveCount;
            all -= _parts[index - 1].EntryCount;
            Attach(index, live, all);
        }
    }

    // Puts a part right of the one before it. Its counts are those of all parts to come: each is taken from the last.
    private void Attach(int index, long live, long all)
    {
        var right = new LeafPage(_parts[index].Page.Span);
        var left = new LeafPage(_parts[index - 1].Page.Span);
        if (index > 1)
        {
            // The last attachment may have split parents: find the way to the part before once more.
            Descend(_separators[0].Set(left.Entry(0)), left.Revision(0), out _, out _);
        }

        _separators[0].SetBetween(left.Entry(left.Count - 1), right.Entry(0));
        int frame = _pages.Create(_parts[index].Page);
        AddChild(_leafLevel - 1, 0, new InnerChild(frame, live, all));
    }

    // Puts a child right of the path's child at this level; its separator is in the buffer.
    private void AddChild(int level, int buffer, InnerChild child)
    {
        SeparatorBuffer separator = _separators[buffer];
        var entry = new InnerEntry(new KeyView(default, separator.Key), separator.Revision, child);
        if (level < 0)
        {
            AddRoot(entry);
            return;
        }

        int frame = _frames[level];
        Span<byte> page = _pages.Editable(frame);
        InnerEditor.AddCounts(page, _slots[level], -child.LiveCount, -child.EntryCount);
        int slot = _slots[level] + 1;
        if (entry.Key.StartsWith(PageLayout.Prefix(page)))
        {
            int bytes = InnerEditor.InsertBytes(page, entry);
            if (PageLayout.BodyBytes(page) + bytes <= SplitBytesOf(page))
            {
                InnerEditor.Insert(_pages.MakeRoom(frame, bytes), slot, entry);
                return;
            }
        }

        RebuildInner(level, buffer, InnerSequence.Inserting(new InnerPage(page), entry, slot));
    }

    private void RebuildInner(int level, int buffer, InnerSequence entries)
    {
        const int splitChildrenMin = 4;
        int frame = _frames[level];
        ReadOnlySpan<byte> page = _pages.Page(frame);
        bool fits = InnerBuilder.Measure(entries, 0, entries.Count).BodyBytes <= SplitBytesOf(page);
        int pageLevel = PageLayout.Level(page);
        if (fits || entries.Count < splitChildrenMin)
        {
            Part whole = BuildInner(entries, 0..entries.Count, pageLevel);
            _pages.Exchange(frame, whole.Page);
            return;
        }

        bool appends = entries.AddedAt == entries.Count - 1 && PageLayout.ContinuesRun(page, entries.AddedAt);
        int cut = appends ? entries.Count - 1 : InnerBuilder.Middle(entries);
        Part left = BuildInner(entries, ..cut, pageLevel);
        Part right = BuildInner(entries, cut..entries.Count, pageLevel);
        int other = 1 - buffer;
        InnerEntry promoted = entries[cut];
        _separators[other].Set(promoted.Key, promoted.Revision);
        _pages.Exchange(frame, left.Page);
        AddChild(level - 1, other, new InnerChild(_pages.Create(right.Page), right.LiveCount, right.EntryCount));
    }

    // The tree becomes one level higher: the old root and its new right neighbour.
    private void AddRoot(InnerEntry right)
    {
        var old = new InnerChild(
            _root.Frame, _root.LiveCount - right.Child.LiveCount, _root.EntryCount - right.Child.EntryCount);
        int level = PageLayout.Level(_pages.Page(_root.Frame)) + 1;
        Invariant.Require(level < PageLayout.DepthMax);
        NativeBlock page = _pages.Allocate(InnerEditor.RootBytes(right));
        InnerEditor.BuildRoot(page.Span, level, old, right);
        _root = _root with { Frame = _pages.Create(page) };
    }

    private Part BuildLeaf(LeafSequence entries, Range range)
    {
        PageShape shape = LeafBuilder.Measure(entries, range.Start.Value, range.End.Value);
        NativeBlock page = _pages.Allocate(shape.PageBytes);
        int live = LeafBuilder.Build(entries, range, shape, page.Span);
        return new Part(page, live, range.End.Value - range.Start.Value);
    }

    private Part BuildInner(InnerSequence entries, Range range, int level)
    {
        PageShape shape = InnerBuilder.Measure(entries, range.Start.Value, range.End.Value);
        NativeBlock page = _pages.Allocate(shape.PageBytes);
        InnerChild sum = InnerBuilder.Build(entries, range, level, shape.PrefixLength, page.Span);
        return new Part(page, sum.LiveCount, sum.EntryCount);
    }

    private int SplitBytesOf(ReadOnlySpan<byte> page) => _pages.Options.SplitBytesOf(PageLayout.Level(page));

    private readonly record struct Part(NativeBlock Page, long LiveCount, long EntryCount);
}
