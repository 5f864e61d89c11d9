using Keelson.Base.Identity;
using Keelson.Store.Requests;
using Keelson.Store.Tree;

namespace Keelson.Store.Mvcc;

/// <summary>
/// Finds versions in the tree. Readers use it inside an epoch pin on a published root, the owner on its working root.
/// One thread at a time; allocates nothing after construction.
/// </summary>
internal sealed class VersionReader(PageStore pages)
{
    private readonly TreeCursor _cursor = new(pages);
    private ChangeRevision _atMost;
    private bool _started;

    /// <summary>The key that <see cref="MoveNext"/> stands on, in bytes.</summary>
    public int KeyLength => _cursor.KeyLength;

    /// <summary>The key's newest version; false when there is none or it is a tombstone.</summary>
    public bool TryGetNewest(TreeRoot keys, ReadOnlySpan<byte> key, out VersionEntry entry) =>
        TryGet(keys, key, ChangeRevision.Last, out entry);

    /// <summary>The key's version as of <paramref name="revision"/>; false when it did not exist then.</summary>
    public bool TryGet(TreeRoot keys, ReadOnlySpan<byte> key, Revision revision, out VersionEntry entry) =>
        TryGet(keys, key, ChangeRevision.LastOf(revision), out entry);

    /// <summary>Starts a walk over the keys that exist at <paramref name="revision"/>, ascending.</summary>
    public void Begin(TreeRoot keys, scoped KeyInterval interval, Revision revision)
    {
        _atMost = ChangeRevision.LastOf(revision);
        _cursor.Seek(keys, interval.Start, ChangeRevision.Last);
        _started = false;
    }

    /// <summary>The next key of the walk and its version; the interval is the one the walk began with.</summary>
    public bool MoveNext(scoped KeyInterval interval, out VersionEntry entry)
    {
        if (_started)
        {
            _cursor.NextKey();
        }

        _started = true;
        while (_cursor.Valid && IsInside(interval))
        {
            if (_cursor.Revision > _atMost && !_cursor.SeekVersion(_atMost))
            {
                // No version that old: the cursor stands on the next key already.
                continue;
            }

            entry = VersionEntry.Read(_cursor.Revision, _cursor.Payload);
            if (!entry.Tombstone)
            {
                return true;
            }

            _cursor.NextKey();
        }

        entry = default;
        return false;
    }

    public void CopyKey(Span<byte> destination) => _cursor.CopyKey(destination);

    private bool TryGet(TreeRoot keys, ReadOnlySpan<byte> key, ChangeRevision atMost, out VersionEntry entry)
    {
        if (_cursor.Seek(keys, key, atMost) && _cursor.CompareKey(key) == 0)
        {
            entry = VersionEntry.Read(_cursor.Revision, _cursor.Payload);
            return !entry.Tombstone;
        }

        entry = default;
        return false;
    }

    private bool IsInside(scoped KeyInterval interval)
    {
        if (interval.IsSingleKey)
        {
            return _cursor.CompareKey(interval.Start) == 0;
        }

        return interval.ToEnd || _cursor.CompareKey(interval.End) < 0;
    }
}
