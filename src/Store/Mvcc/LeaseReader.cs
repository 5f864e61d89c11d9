using Keelson.Base.Identity;
using Keelson.Store.Tree;

namespace Keelson.Store.Mvcc;

/// <summary>Reads leases from a published state; one thread at a time, inside an epoch pin.</summary>
internal sealed class LeaseReader(PageStore pages)
{
    private readonly TreeCursor _cursor = new(pages);

    public bool TryGet(StoreState state, LeaseId id, out LeaseEntry lease)
    {
        Span<byte> key = stackalloc byte[LeaseEntry.IdBytes];
        LeaseEntry.WriteId(key, id);
        bool found = _cursor.Seek(state.Leases, key, default) && _cursor.CompareKey(key) == 0;
        lease = found ? LeaseEntry.Read(_cursor.Payload) : default;
        return found;
    }

    /// <summary>Copies the lease's keys, ascending.</summary>
    public void CopyKeys(StoreState state, LeaseId id, ICollection<byte[]> keys)
    {
        Span<byte> prefix = stackalloc byte[LeaseEntry.IdBytes];
        LeaseEntry.WriteId(prefix, id);
        for (bool more = _cursor.Seek(state.LeaseKeys, prefix, default);
            more && _cursor.Key.StartsWith(prefix);
            more = _cursor.Next())
        {
            var attachment = new byte[_cursor.KeyLength];
            _cursor.CopyKey(attachment);
            keys.Add(attachment[LeaseEntry.IdBytes..]);
        }
    }

    /// <summary>All ids in order of their deadlines.</summary>
    public IReadOnlyList<LeaseId> List(StoreState state)
    {
        List<LeaseId> ids = [];
        Span<byte> key = stackalloc byte[LeaseEntry.DeadlineKeyBytes];
        for (bool more = _cursor.SeekFirst(state.LeaseDeadlines); more; more = _cursor.Next())
        {
            _cursor.CopyKey(key);
            ids.Add(LeaseEntry.ReadId(key[sizeof(long)..]));
        }

        return ids;
    }
}
