using Keelson.Base.Identity;
using Keelson.Base.Memory;
using Keelson.Base;

namespace Keelson.Store.Tree;

/// <summary>
/// A tree while its owner changes it: an ordered map from (key ascending, revision descending) to a payload and a live
/// bit. One thread; it may read its own root with cursors between edits, and seeks them anew after each edit.
/// </summary>
/// <remarks>
/// Each edit finds its place without changing anything, then makes the path from the root to the leaf its own (pages
/// of earlier batches are copied once per batch), then changes leaf, counts and, after a split or merge, parents.
/// </remarks>
internal sealed partial class EditableTree
{
    private readonly PageStore _pages;
    private readonly TreeCursor _next;
    private readonly int[] _frames = new int[PageLayout.DepthMax];
    private readonly int[] _slots = new int[PageLayout.DepthMax];
    private TreeRoot _root;
    private int _leafLevel;
    private FoundPlace _found;

    public EditableTree(PageStore pages, TreeRoot root)
    {
        _pages = pages;
        _root = root;
        _next = new TreeCursor(pages);
    }

    /// <summary>The tree as it is now.</summary>
    public TreeRoot Root => _root;

    /// <summary>Adds a version that the tree does not have.</summary>
    public void Insert(ReadOnlySpan<byte> key, ChangeRevision revision, ReadOnlySpan<byte> payload, bool live)
    {
        using EpochPin pin = _pages.Epochs.Enter();
        TreeEntry entry = Check(key, revision, payload, live);
        int slot = DescendForInsert(key, revision, out int keyOffset);
        InsertAt(slot, keyOffset, entry);
    }

    /// <summary>
    /// The newest version of a key; false when it has none. <see cref="InsertFound"/> may follow, before any other
    /// edit, and needs no second descent. The payload is valid as long as the caller's pin.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="inserts">
    /// <see cref="InsertFound"/> follows almost always, so the leaf is made the tree's own before it is searched: one
    /// walk through cold memory, in order, instead of a search's jumps and then the copy.
    /// </param>
    /// <param name="revision">The version's.</param>
    /// <param name="payload">The version's.</param>
    public bool TryFindNewest(
        ReadOnlySpan<byte> key, bool inserts, out ChangeRevision revision, out ReadOnlySpan<byte> payload)
    {
        using EpochPin pin = _pages.Epochs.Enter();
        revision = default;
        payload = default;
        Descend(key, ChangeRevision.Last, out int keyOffset, out int slot, inserts);
        _found = new FoundPlace(_root, slot, keyOffset);
        if (_root.IsEmpty)
        {
            return false;
        }

        LeafPage leaf = Leaf();
        if (slot < leaf.Count)
        {
            bool found = keyOffset != LeafPage.NoKey && leaf.KeyOffset(slot) == keyOffset;
            revision = found ? leaf.Revision(slot) : default;
            payload = found ? leaf.Payload(slot) : default;
            return found;
        }

        if (!NextLeafMayHold(key) || !_next.Seek(_root, key, ChangeRevision.Last) || _next.CompareKey(key) != 0)
        {
            return false;
        }

        revision = _next.Revision;
        payload = _next.Payload;
        return true;
    }

    /// <summary>
    /// Makes the leaf of a key the tree's own, for a version that is about to be looked for and inserted.
    /// </summary>
    public void PrepareInsert(ReadOnlySpan<byte> key)
    {
        using EpochPin pin = _pages.Epochs.Enter();
        Descend(key, ChangeRevision.Last, out _, out _, inserts: true);
    }

    /// <summary>
    /// <see cref="InsertVersion"/> of a version newer than any the tree ever had of the key that
    /// <see cref="TryFindNewest"/> just looked for: such a version belongs exactly there.
    /// </summary>
    public void InsertFound(ReadOnlySpan<byte> key, ChangeRevision revision, ReadOnlySpan<byte> payload, bool live)
    {
        Invariant.Require(_found.Root == _root);
        using EpochPin pin = _pages.Epochs.Enter();
        InsertVersionAt(_found.Slot, _found.KeyOffset, Check(key, revision, payload, live));
    }

    /// <summary>Adds a version and takes the live bit from the next older one of its key.</summary>
    public void InsertVersion(ReadOnlySpan<byte> key, ChangeRevision revision, ReadOnlySpan<byte> payload, bool live)
    {
        using EpochPin pin = _pages.Epochs.Enter();
        TreeEntry entry = Check(key, revision, payload, live);
        int slot = DescendForInsert(key, revision, out int keyOffset);
        InsertVersionAt(slot, keyOffset, entry);
    }

    private void InsertVersionAt(int slot, int keyOffset, TreeEntry entry)
    {
        // The whole key: Check makes entries without a common prefix.
        ReadOnlySpan<byte> key = entry.Key.Suffix;
        ChangeRevision revision = entry.Revision;
        if (_root.IsEmpty)
        {
            InsertAt(slot, keyOffset, entry);
            return;
        }

        LeafPage leaf = Leaf();
        bool atEnd = slot == leaf.Count;
        if (!atEnd && keyOffset != LeafPage.NoKey && leaf.KeyOffset(slot) == keyOffset)
        {
            ChangeLive(slot, false);
        }

        bool goesOn = atEnd && NextLeafMayHold(key);
        InsertAt(slot, keyOffset, entry);
        if (goesOn && _next.Seek(_root, key, revision) && _next.Next() && _next.SameKey && _next.Live)
        {
            Descend(key, _next.Revision, out _, out int older);
            ChangeLive(older, false);
        }
    }

    /// <summary>Changes payload and live bit of a version; false if the tree does not have it.</summary>
    public bool Replace(ReadOnlySpan<byte> key, ChangeRevision revision, ReadOnlySpan<byte> payload, bool live)
    {
        using EpochPin pin = _pages.Epochs.Enter();
        TreeEntry entry = Check(key, revision, payload, live);
        if (!Descend(key, revision, out _, out int slot))
        {
            return false;
        }

        MakePathEditable();
        AddCounts((live ? 1 : 0) - (Leaf().Live(slot) ? 1 : 0), 0);
        Span<byte> page = _pages.Editable(_frames[_leafLevel]);
        if (!LeafEditor.TryOverwrite(page, slot, entry))
        {
            Rebuild(LeafSequence.Replacing(new LeafPage(page), entry, slot), sequential: false);
        }

        return true;
    }

    /// <summary>Sets the live bit of a version; false if the tree does not have it.</summary>
    public bool SetLive(ReadOnlySpan<byte> key, ChangeRevision revision, bool live)
    {
        using EpochPin pin = _pages.Epochs.Enter();
        if (!Descend(key, revision, out _, out int slot))
        {
            return false;
        }

        ChangeLive(slot, live);
        return true;
    }

    /// <summary>Removes a version; false if the tree does not have it.</summary>
    public bool Remove(ReadOnlySpan<byte> key, ChangeRevision revision)
    {
        using EpochPin pin = _pages.Epochs.Enter();
        if (!Descend(key, revision, out _, out int slot))
        {
            return false;
        }

        MakePathEditable();
        AddCounts(Leaf().Live(slot) ? -1 : 0, -1);
        Span<byte> page = _pages.Editable(_frames[_leafLevel]);
        LeafEditor.Remove(page, slot);
        AfterRemoval();
        return true;
    }

    /// <summary>Where a key was looked for; good as long as the tree stays as it was.</summary>
    private readonly record struct FoundPlace(TreeRoot Root, int Slot, int KeyOffset);

    private static TreeEntry Check(
        ReadOnlySpan<byte> key, ChangeRevision revision, ReadOnlySpan<byte> payload, bool live)
    {
        Invariant.Require(key.Length <= TreeEntry.KeyBytesMax);
        Invariant.Require(payload.Length <= TreeEntry.PayloadBytesMax);
        Invariant.Require(revision.Sub >= 0);
        return new TreeEntry(new KeyView(default, key), revision, payload, live);
    }

    private int DescendForInsert(ReadOnlySpan<byte> key, ChangeRevision revision, out int keyOffset)
    {
        keyOffset = LeafPage.NoKey;
        if (_root.IsEmpty)
        {
            return 0;
        }

        Invariant.Require(!Descend(key, revision, out keyOffset, out int slot));
        return slot;
    }

    // Records the path; true if the leaf has exactly this version at the slot.
    private bool Descend(
        ReadOnlySpan<byte> key, ChangeRevision revision, out int keyOffset, out int slot, bool inserts = false)
    {
        keyOffset = LeafPage.NoKey;
        slot = 0;
        if (_root.IsEmpty)
        {
            return false;
        }

        int frame = _root.Frame;
        for (int level = 0; ; level++)
        {
            _frames[level] = frame;
            ReadOnlySpan<byte> page = _pages.Page(frame);
            if (PageLayout.Level(page) == 0)
            {
                _leafLevel = level;
                if (inserts)
                {
                    MakePathEditable();
                    page = _pages.Page(_frames[level]);
                }

                var leaf = new LeafPage(page);
                slot = leaf.Search(key, revision, out keyOffset);
                return keyOffset != LeafPage.NoKey && slot < leaf.Count
                    && leaf.KeyOffset(slot) == keyOffset && leaf.Revision(slot) == revision;
            }

            var inner = new InnerPage(page);
            _slots[level] = inner.Search(key, revision);
            frame = inner.Frame(_slots[level]);
        }
    }

    private LeafPage Leaf() => new(_pages.Page(_frames[_leafLevel]));

    // Older versions of a key lie in the next leaf only if the separator before it has this very key.
    private bool NextLeafMayHold(ReadOnlySpan<byte> key)
    {
        for (int level = _leafLevel - 1; level >= 0; level--)
        {
            var inner = new InnerPage(_pages.Page(_frames[level]));
            if (_slots[level] + 1 < inner.Count)
            {
                return inner.Entry(_slots[level] + 1).Key.CompareTo(key) == 0;
            }
        }

        return false;
    }

    private void MakePathEditable()
    {
        for (int level = 0; level <= _leafLevel; level++)
        {
            MakeEditable(level);
        }
    }

    private void MakeEditable(int level)
    {
        if (_pages.IsEditable(_frames[level]))
        {
            return;
        }

        int copy = _pages.Copy(_frames[level]);
        _frames[level] = copy;
        if (level == 0)
        {
            _root = _root with { Frame = copy };
        }
        else
        {
            InnerEditor.SetFrame(_pages.Editable(_frames[level - 1]), _slots[level - 1], copy);
        }
    }

    private void AddCounts(long live, long all)
    {
        _root = _root with { LiveCount = _root.LiveCount + live, EntryCount = _root.EntryCount + all };
        for (int level = 0; level < _leafLevel; level++)
        {
            InnerEditor.AddCounts(_pages.Editable(_frames[level]), _slots[level], live, all);
        }
    }

    private void ChangeLive(int slot, bool live)
    {
        if (Leaf().Live(slot) == live)
        {
            return;
        }

        MakePathEditable();
        LeafEditor.SetLive(_pages.Editable(_frames[_leafLevel]), slot, live);
        AddCounts(live ? 1 : -1, 0);
    }
}
