using Keelson.Base.Identity;
using Keelson.Base;

namespace Keelson.Store.Tree;

/// <summary>
/// Walks one root in tree order. One thread at a time, pinned from before it loaded the root until after the last use
/// of what the cursor shows; a new pin needs a new seek. Allocates nothing after construction, except once for a key
/// that is longer than any before.
/// </summary>
internal sealed partial class TreeCursor
{
    private readonly PageStore _pages;
    private readonly nint[] _inner = new nint[PageLayout.DepthMax];
    private readonly int[] _slots = new int[PageLayout.DepthMax];
    private byte[] _key = new byte[256];
    private TreeRoot _root;
    private nint _leaf;
    private int _depth;
    private int _slot;
    private int _count;

    public TreeCursor(PageStore pages)
    {
        _pages = pages;
    }

    /// <summary>Whether the cursor stands on an entry; false at the end.</summary>
    public bool Valid { get; private set; }

    /// <summary>Whether the last <see cref="Next"/> stayed on the key it came from.</summary>
    public bool SameKey { get; private set; }

    public int KeyLength => Key.Length;

    public ChangeRevision Revision => Leaf.Revision(_slot);

    public bool Live => Leaf.Live(_slot);

    /// <summary>Bytes of the page: valid as long as the pin.</summary>
    public ReadOnlySpan<byte> Payload => Leaf.Payload(_slot);

    /// <summary>The key in its two pieces, valid as long as the pin.</summary>
    public KeyView Key => Leaf.Key(_slot);

    private LeafPage Leaf => new(PageStore.BytesAt(_leaf));

    public void CopyKey(Span<byte> target) => Key.CopyTo(target);

    public int CompareKey(ReadOnlySpan<byte> other) => Key.CompareTo(other);

    /// <summary>Moves to the first entry at or after the position; false if there is none.</summary>
    public bool Seek(TreeRoot root, ReadOnlySpan<byte> key, ChangeRevision revision)
    {
        _root = root;
        SameKey = false;
        if (root.IsEmpty)
        {
            return Valid = false;
        }

        _depth = 0;
        nint address = _pages.PageAt(root.Frame);
        while (PageLayout.Level(PageStore.BytesAt(address)) > 0)
        {
            var inner = new InnerPage(PageStore.BytesAt(address));
            address = Push(address, inner.Search(key, revision));
        }

        EnterLeaf(address);
        _slot = Leaf.Search(key, revision, out _);
        return Valid = _slot < _count || NextLeaf();
    }

    public bool SeekFirst(TreeRoot root)
    {
        _root = root;
        SameKey = false;
        if (root.IsEmpty)
        {
            return Valid = false;
        }

        _depth = 0;
        DescendFirst(_pages.PageAt(root.Frame));
        return Valid = true;
    }

    /// <summary>Moves to the next entry; false at the end.</summary>
    public bool Next()
    {
        Invariant.Require(Valid);
        LeafPage leaf = Leaf;
        _slot++;
        if (_slot < _count)
        {
            SameKey = leaf.KeyOffset(_slot) == leaf.KeyOffset(_slot - 1);
            return true;
        }

        KeyView before = leaf.Key(_slot - 1);
        Valid = NextLeaf();
        SameKey = Valid && Key.SameAs(before);
        return Valid;
    }

    private nint Push(nint address, int slot)
    {
        Invariant.Require(_depth < PageLayout.DepthMax);
        _inner[_depth] = address;
        _slots[_depth] = slot;
        _depth++;
        return _pages.PageAt(new InnerPage(PageStore.BytesAt(address)).Frame(slot));
    }

    private void EnterLeaf(nint address)
    {
        _leaf = address;
        _slot = 0;
        _count = PageLayout.Count(PageStore.BytesAt(address));
    }

    private void DescendFirst(nint address)
    {
        while (PageLayout.Level(PageStore.BytesAt(address)) > 0)
        {
            address = Push(address, 0);
        }

        EnterLeaf(address);
    }

    private bool NextLeaf()
    {
        while (_depth > 0)
        {
            _depth--;
            nint address = _inner[_depth];
            int slot = _slots[_depth] + 1;
            if (slot < PageLayout.Count(PageStore.BytesAt(address)))
            {
                DescendFirst(Push(address, slot));
                return true;
            }
        }

        return false;
    }
}
