namespace Keelson.Store.Backup;

/// <summary>
/// Builds one bucket's B+tree from entries in ascending order, children before parents, so that the file is written
/// forward only. Holds one page per level.
/// </summary>
internal sealed class BoltTreeBuilder(BoltPageStream pages)
{
    // bbolt keeps buckets inline up to a quarter of a page; larger ones get pages of their own.
    private const int InlineBytesMax = BoltFormat.PageBytes / 4;

    private readonly BoltPageBuilder _leaf = new(isLeaf: true);
    private readonly List<BoltPageBuilder> _branches = [];

    /// <summary>Adds the entry with the greatest key; returns where its value goes, empty when measuring.</summary>
    public Span<byte> Add(uint flags, ReadOnlySpan<byte> key, int valueLength)
    {
        if (_leaf.Count > 0 && !_leaf.Fits(key.Length, valueLength))
        {
            AddToParent(0, _leaf);
        }

        return _leaf.AddEntry(flags, key, valueLength, pages.Measuring);
    }

    /// <summary>Whether the bucket is small enough to live in its parent's value.</summary>
    public bool IsInline => _branches.Count == 0 && _leaf.UsedBytes <= InlineBytesMax;

    public int InlineBytes => _leaf.UsedBytes;

    public void WriteInline(Span<byte> destination) => _leaf.WriteInline(destination);

    /// <summary>Appends what is left and returns the root's page id.</summary>
    public long Finish()
    {
        if (_branches.Count == 0)
        {
            return _leaf.Flush(pages);
        }

        AddToParent(0, _leaf);
        // A level that is flushed may open a new one above; the top holds one child when all below fit one page.
        int level = 0;
        while (level + 1 < _branches.Count || _branches[level].Count > 1)
        {
            if (_branches[level].Count > 0)
            {
                AddToParent(level + 1, _branches[level]);
            }

            level++;
        }

        return _branches[level].OnlyChild;
    }

    private void AddToParent(int level, BoltPageBuilder page)
    {
        if (level == _branches.Count)
        {
            _branches.Add(new BoltPageBuilder(isLeaf: false));
        }

        BoltPageBuilder parent = _branches[level];
        if (parent.Count > 1 && !parent.Fits(page.FirstKey.Length, 0))
        {
            AddToParent(level + 1, parent);
        }

        byte[] firstKey = page.FirstKey.ToArray();
        parent.AddChild(firstKey, page.Flush(pages));
    }
}
