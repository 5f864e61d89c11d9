namespace Keelson.Store.Tree;

/// <summary>
/// What inner pages are rebuilt from: the children of one page with one more, or those of two neighbours and the
/// separator between them, which their parent had.
/// </summary>
internal readonly ref struct InnerSequence
{
    private readonly InnerPage _first;
    private readonly InnerPage _second;
    private readonly InnerEntry _added;
    private readonly int _firstCount;
    private readonly bool _merges;

    private InnerSequence(InnerPage first, InnerPage second, InnerEntry between)
    {
        _first = first;
        _second = second;
        _added = between;
        _firstCount = first.Count;
        _merges = true;
        AddedAt = -1;
        Count = _firstCount + second.Count;
    }

    private InnerSequence(InnerPage page, InnerEntry added, int at)
    {
        _first = page;
        _added = added;
        _firstCount = page.Count;
        AddedAt = at;
        Count = _firstCount + 1;
    }

    public int Count { get; }

    public int AddedAt { get; }

    /// <summary>How many neighbouring insertions in order the added child follows.</summary>
    public int RunLength => PageLayout.RunWith(_first.Bytes, AddedAt);

    public InnerEntry this[int index] => _merges ? Merged(index)
        : index == AddedAt ? _added
        : _first.Entry(index < AddedAt ? index : index - 1);

    public static InnerSequence Of(InnerPage left, InnerEntry between, InnerPage right) => new(left, right, between);

    public static InnerSequence Inserting(InnerPage page, InnerEntry entry, int at) => new(page, entry, at);

    private InnerEntry Merged(int index)
    {
        if (index < _firstCount)
        {
            return _first.Entry(index);
        }

        InnerEntry entry = _second.Entry(index - _firstCount);
        return index > _firstCount ? entry : new InnerEntry(_added.Key, _added.Revision, entry.Child);
    }
}
