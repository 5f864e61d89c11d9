namespace Keelson.Store.Watch;

/// <summary>
/// From a key to the groups that watch it: single keys hashed, ranges in a treap ordered by first key, each node with
/// the largest end below it (Cormen et al., "Introduction to Algorithms", interval trees; priorities are hashes of the
/// range, so the shape does not depend on chance or order).
/// </summary>
internal sealed class WatchIndex
{
    private readonly Dictionary<Bytes, List<WatchGroup>> _keys = new(WatchKeyComparer.Instance);
    private WatchGroup? _ranges;

    /// <summary>The group of a range, made when there is none.</summary>
    public WatchGroup GetOrAdd(WatchRange range)
    {
        WatchGroup? found = range.IsSingleKey ? FindKey(range) : FindRange(range);
        if (found is not null)
        {
            return found;
        }

        var group = new WatchGroup(range);
        if (!range.IsSingleKey)
        {
            _ranges = Insert(_ranges, group);
        }
        else if (_keys.TryGetValue(range.Key, out List<WatchGroup>? groups))
        {
            groups.Add(group);
        }
        else
        {
            _keys.Add(range.Key, [group]);
        }

        return group;
    }

    public void Remove(WatchGroup group)
    {
        if (!group.Range.IsSingleKey)
        {
            _ranges = Remove(_ranges, group);
            return;
        }

        List<WatchGroup> groups = _keys[group.Range.Key];
        groups.Remove(group);
        if (groups.Count == 0)
        {
            _keys.Remove(group.Range.Key);
        }
    }

    /// <summary>Adds every group that watches <paramref name="key"/> to <paramref name="found"/>.</summary>
    public void Match(ReadOnlySpan<byte> key, List<WatchGroup> found)
    {
        if (_keys.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out List<WatchGroup>? groups))
        {
            found.AddRange(groups);
        }

        Stab(_ranges, key, found);
    }

    private WatchGroup? FindKey(WatchRange range) =>
        _keys.TryGetValue(range.Key, out List<WatchGroup>? groups)
            ? groups.Find(group => group.Range.CompareTo(range) == 0)
            : null;

    private WatchGroup? FindRange(WatchRange range)
    {
        WatchGroup? node = _ranges;
        while (node is not null && node.Range.CompareTo(range) is var order and not 0)
        {
            node = order > 0 ? node.Left : node.Right;
        }

        return node;
    }

    private static void Stab(WatchGroup? node, ReadOnlySpan<byte> key, List<WatchGroup> found)
    {
        while (node is not null && node.ReachesBeyond(key))
        {
            Stab(node.Left, key, found);
            if (node.Range.Key.Span.SequenceCompareTo(key) > 0)
            {
                return;
            }

            if (node.EndsBeyond(key))
            {
                found.Add(node);
            }

            node = node.Right;
        }
    }

    private static WatchGroup Insert(WatchGroup? node, WatchGroup added)
    {
        if (node is null)
        {
            added.Update();
            return added;
        }

        if (node.Range.CompareTo(added.Range) > 0)
        {
            node.Left = Insert(node.Left, added);
            return node.Left.Priority > node.Priority ? RotateRight(node, node.Left) : Updated(node);
        }

        node.Right = Insert(node.Right, added);
        return node.Right.Priority > node.Priority ? RotateLeft(node, node.Right) : Updated(node);
    }

    private static WatchGroup? Remove(WatchGroup? node, WatchGroup removed)
    {
        if (node is null || ReferenceEquals(node, removed))
        {
            return node is null ? null : Merge(node.Left, node.Right);
        }

        if (node.Range.CompareTo(removed.Range) > 0)
        {
            node.Left = Remove(node.Left, removed);
        }
        else
        {
            node.Right = Remove(node.Right, removed);
        }

        return Updated(node);
    }

    private static WatchGroup? Merge(WatchGroup? left, WatchGroup? right)
    {
        if (left is null || right is null)
        {
            return left ?? right;
        }

        if (left.Priority > right.Priority)
        {
            left.Right = Merge(left.Right, right);
            return Updated(left);
        }

        right.Left = Merge(left, right.Left);
        return Updated(right);
    }

    private static WatchGroup RotateRight(WatchGroup node, WatchGroup left)
    {
        node.Left = left.Right;
        left.Right = Updated(node);
        return Updated(left);
    }

    private static WatchGroup RotateLeft(WatchGroup node, WatchGroup right)
    {
        node.Right = right.Left;
        right.Left = Updated(node);
        return Updated(right);
    }

    private static WatchGroup Updated(WatchGroup node)
    {
        node.Update();
        return node;
    }
}
