using System.Buffers.Binary;
using Keelson.Base.Memory;
using Keelson.Store.Mvcc;
using Keelson.Store.Tree;

namespace Keelson.Store.Host;

/// <summary>When the next lease ends; on the apply thread.</summary>
internal sealed class LeaseDeadlines(PageStore pages)
{
    private readonly TreeCursor _cursor = new(pages);
    private TreeRoot _root;
    private long _first = ApplyLoop.NoLease;

    /// <summary>Cluster time of the earliest deadline; reads the tree only when it changed.</summary>
    public long First(StoreState state)
    {
        if (_root != state.LeaseDeadlines)
        {
            _root = state.LeaseDeadlines;
            _first = Read(_root);
        }

        return _first;
    }

    private long Read(TreeRoot root)
    {
        // Also the owner's thread: maintenance frees pages that nobody is pinned for.
        using EpochPin pin = pages.Epochs.Enter();
        if (!_cursor.SeekFirst(root))
        {
            return ApplyLoop.NoLease;
        }

        Span<byte> key = stackalloc byte[LeaseEntry.DeadlineKeyBytes];
        _cursor.CopyKey(key);
        return BinaryPrimitives.ReadInt64BigEndian(key);
    }
}
