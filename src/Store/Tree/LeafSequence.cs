namespace Keelson.Store.Tree;

/// <summary>
/// What leaves are rebuilt from, without copying it first: the entries of one page with one more (or one changed), or
/// those of two neighbours.
/// </summary>
internal readonly ref struct LeafSequence
{
    private readonly LeafPage _first;
    private readonly LeafPage _second;
    private readonly TreeEntry _added;
    private readonly int _addedAt;
    private readonly int _addedCount;
    private readonly int _firstCount;

    private LeafSequence(LeafPage first, LeafPage second, int secondCount)
    {
        _first = first;
        _second = second;
        _firstCount = first.Count;
        _addedAt = -1;
        Count = _firstCount + secondCount;
    }

    private LeafSequence(LeafPage page, TreeEntry added, int at, bool replaces)
    {
        _first = page;
        _added = added;
        _addedAt = at;
        _addedCount = replaces ? 0 : 1;
        _firstCount = page.Count;
        Count = _firstCount + _addedCount;
    }

    private LeafSequence(TreeEntry only)
    {
        _added = only;
        _addedCount = 1;
        Count = 1;
    }

    public int Count { get; }

    /// <summary>Where the added entry stands; -1 without one.</summary>
    public int AddedAt => _addedAt;

    /// <summary>How many neighbouring insertions in order the added entry follows.</summary>
    public int RunLength => _firstCount > 0 ? PageLayout.RunWith(_first.Bytes, _addedAt) : 0;

    /// <summary>The base that the entries have had so far.</summary>
    public long BaseRevision => _firstCount > 0 ? _first.BaseRevision : _added.Revision.Main;

    public TreeEntry this[int index] =>
        index == _addedAt ? _added
        : index < Boundary ? _first.Entry(SlotOf(index))
        : _second.Entry(index - _firstCount);

    public static LeafSequence Only(TreeEntry entry) => new(entry);

    public static LeafSequence Of(LeafPage page) => new(page, default, 0);

    public static LeafSequence Of(LeafPage left, LeafPage right) => new(left, right, right.Count);

    public static LeafSequence Inserting(LeafPage page, TreeEntry entry, int at) => new(page, entry, at, false);

    public static LeafSequence Replacing(LeafPage page, TreeEntry entry, int at) => new(page, entry, at, true);

    public KeyView Key(int index) =>
        index == _addedAt ? _added.Key
        : index < Boundary ? _first.Key(SlotOf(index))
        : _second.Key(index - _firstCount);

    /// <summary>Whether the entry at <paramref name="index"/> has the key of the one before it.</summary>
    public bool SameKeyAsBefore(int index)
    {
        int before = index - 1;
        if (index == _addedAt || before == _addedAt || (index >= Boundary && before < Boundary))
        {
            return Key(index).SameAs(Key(before));
        }

        return index < Boundary
            ? _first.KeyOffset(SlotOf(index)) == _first.KeyOffset(SlotOf(before))
            : _second.KeyOffset(index - _firstCount) == _second.KeyOffset(before - _firstCount);
    }

    /// <summary>
    /// Whether the added key breaks the common prefix of the page, and so would lengthen every suffix.
    /// </summary>
    public bool AddedBreaksPrefix => _addedAt >= 0 && _firstCount > 0 && !_added.Key.StartsWith(_first.Prefix);

    private int Boundary => _addedAt >= 0 ? _firstCount + _addedCount : _firstCount;

    private int SlotOf(int index) => _addedAt >= 0 && index > _addedAt ? index - _addedCount : index;
}
