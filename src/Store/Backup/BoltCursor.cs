namespace Keelson.Store.Backup;

/// <summary>
/// The entries of a bucket in ascending order. It ends: keys must rise, no page below the root may be empty, and the
/// depth is bounded, so that pages which name each other in a circle, or one page many times, are found out.
/// </summary>
internal sealed class BoltCursor
{
    private readonly BoltReader _reader;
    private readonly List<(BoltPage Page, int Index)> _path = [];
    private byte[]? _previousKey;

    public BoltCursor(BoltReader reader, BoltPage root)
    {
        _reader = reader;
        _path.Add((root, -1));
    }

    public ReadOnlySpan<byte> Key => Leaf.Page.Key(Leaf.Index);

    public ReadOnlySpan<byte> Value => Leaf.Page.Value(Leaf.Index);

    /// <summary>Whether the value is a bucket of its own.</summary>
    public bool IsBucket => Leaf.Page.IsBucket(Leaf.Index);

    /// <summary>Where the entry's page lies in the file, for messages.</summary>
    public long PageOffset => Leaf.Page.Offset;

    private (BoltPage Page, int Index) Leaf => _path[^1];

    /// <exception cref="StoreDamageException">The file is damaged here.</exception>
    public bool Next()
    {
        while (_path.Count > 0)
        {
            (BoltPage page, int index) = _path[^1];
            index++;
            if (index == page.Count)
            {
                _path.RemoveAt(_path.Count - 1);
            }
            else
            {
                _path[^1] = (page, index);
                if (page.IsLeaf)
                {
                    RequireRisingKey(page, index);
                    return true;
                }

                Descend(page, index);
            }
        }

        return false;
    }

    private void Descend(BoltPage page, int index)
    {
        BoltPage child = _reader.ReadPage(page.Child(index));
        if (child.Count == 0)
        {
            throw _reader.Damage(child.Offset, "a page with elements", "none");
        }

        if (_path.Count == BoltFormat.DepthMax)
        {
            throw _reader.Damage(page.Offset, $"at most {BoltFormat.DepthMax} levels", "more");
        }

        _path.Add((child, -1));
    }

    private void RequireRisingKey(BoltPage page, int index)
    {
        ReadOnlySpan<byte> key = page.Key(index);
        if (_previousKey is not null && key.SequenceCompareTo(_previousKey) <= 0)
        {
            throw _reader.Damage(page.Offset, "rising keys", $"element {index} not above the one before");
        }

        _previousKey = key.ToArray();
    }
}
