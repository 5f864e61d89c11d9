using Keelson.Base.Identity;
using Keelson.Base;

namespace Keelson.Store.Tree;

/// <summary>Moves that pass over many entries at once.</summary>
internal sealed partial class TreeCursor
{
    /// <summary>After every version of a key.</summary>
    private static readonly ChangeRevision Oldest = new(long.MinValue, int.MinValue);

    /// <summary>
    /// Moves to the first entry of the next key, however many versions this one has; false at the end.
    /// </summary>
    public bool NextKey()
    {
        Invariant.Require(Valid);
        _slot = Leaf.RunEnd(_slot) - 1;
        if (!Next() || !SameKey)
        {
            return Valid;
        }

        // The run goes on in the next leaf: it may be long.
        int end = Leaf.RunEnd(_slot);
        if (end < _count)
        {
            _slot = end;
            SameKey = false;
            return true;
        }

        return Seek(_root, RememberKey(), Oldest);
    }

    /// <summary>
    /// Moves to the first entry of this key, from here on, with a revision of at most <paramref name="atMost"/>. If
    /// there is none, returns false and stands on the first entry of the next key or, not <see cref="Valid"/>, at the
    /// end.
    /// </summary>
    public bool SeekVersion(ChangeRevision atMost)
    {
        Invariant.Require(Valid);
        LeafPage leaf = Leaf;
        if (leaf.Revision(_slot) <= atMost)
        {
            return true;
        }

        int end = leaf.RunEnd(_slot);
        int found = FirstAtMost(leaf, _slot + 1, end, atMost);
        if (found < end)
        {
            _slot = found;
            SameKey = true;
            return true;
        }

        _slot = end - 1;
        if (!Next() || !SameKey || Revision <= atMost)
        {
            return Valid && SameKey;
        }

        ReadOnlySpan<byte> key = RememberKey();
        SameKey = Seek(_root, key, atMost) && CompareKey(key) == 0;
        return SameKey;
    }

    /// <summary>
    /// Moves to the first entry at or after the position that lies in a leaf with an entry that is not live; clean
    /// subtrees are passed over by their counts. False if there is none.
    /// </summary>
    public bool SeekUnclean(TreeRoot root, ReadOnlySpan<byte> key, ChangeRevision revision)
    {
        if (root.LiveCount == root.EntryCount)
        {
            SameKey = false;
            return Valid = false;
        }

        if (!Seek(root, key, revision) || !IsInCleanLeaf())
        {
            return Valid;
        }

        return Valid = NextUncleanLeaf();
    }

    private static int FirstAtMost(LeafPage leaf, int from, int to, ChangeRevision atMost)
    {
        while (from < to)
        {
            int middle = (from + to) >> 1;
            bool newer = leaf.Revision(middle) > atMost;
            from = newer ? middle + 1 : from;
            to = newer ? to : middle;
        }

        return from;
    }

    private bool IsInCleanLeaf() =>
        _depth > 0 && new InnerPage(PageStore.BytesAt(_inner[_depth - 1])).IsClean(_slots[_depth - 1]);

    private bool NextUncleanLeaf()
    {
        while (_depth > 0)
        {
            _depth--;
            nint address = _inner[_depth];
            int slot = FirstUnclean(address, _slots[_depth] + 1);
            if (slot < PageLayout.Count(PageStore.BytesAt(address)))
            {
                DescendUnclean(Push(address, slot));
                return true;
            }
        }

        return false;
    }

    private void DescendUnclean(nint address)
    {
        while (PageLayout.Level(PageStore.BytesAt(address)) > 0)
        {
            address = Push(address, FirstUnclean(address, 0));
        }

        EnterLeaf(address);
    }

    private static int FirstUnclean(nint address, int slot)
    {
        var inner = new InnerPage(PageStore.BytesAt(address));
        int count = inner.Count;
        while (slot < count && inner.IsClean(slot))
        {
            slot++;
        }

        return slot;
    }

    private ReadOnlySpan<byte> RememberKey()
    {
        KeyView key = Key;
        if (_key.Length < key.Length)
        {
            _key = new byte[key.Length];
        }

        key.CopyTo(_key);
        return _key.AsSpan(0, key.Length);
    }
}
