using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Store.Tree;

namespace Keelson.Store.Mvcc;

/// <summary>
/// Removes versions that compaction made unreadable: of each key all but the newest version at or below the compact
/// revision, and that one too when it is a tombstone below it. A tombstone at the compact revision stays, because a
/// watch may start there (etcd 18089, 19179). Works in small steps between batches and never changes what a reader
/// sees.
/// </summary>
internal sealed class Trimmer(WorkingState state)
{
    private readonly ProtoBuffer _position = new();
    private long _trimmedTo = StoreState.NothingCompacted;
    private long _target = StoreState.NothingCompacted;
    private long _removedVersions;

    /// <summary>Versions removed since the start; any thread.</summary>
    public long RemovedVersions => Volatile.Read(ref _removedVersions);

    /// <summary>False when nothing that is compacted is left in the tree.</summary>
    public bool HasWork(long readableFrom) => _target != _trimmedTo || readableFrom > _trimmedTo;

    /// <summary>
    /// Visits at most <paramref name="entriesMax"/> entries; true when versions were removed, so that the caller
    /// publishes. Revisions from <paramref name="readableFrom"/> on stay readable: the compact revision, or less while
    /// a long reader holds an older one.
    /// </summary>
    public bool Step(long readableFrom, int entriesMax)
    {
        if (_target == _trimmedTo)
        {
            _target = readableFrom;
            _position.Clear();
        }

        int removed = 0;
        TreeCursor cursor = state.Cursor;
        bool more = cursor.SeekUnclean(state.Keys.Root, _position.Written, ChangeRevision.Last);
        for (int visited = 0; more && visited < entriesMax; visited++)
        {
            RememberKey(cursor);
            removed += TrimKey(cursor, entriesMax - visited, out bool whole);
            if (!whole)
            {
                return removed > 0;
            }

            AppendZero();
            more = cursor.SeekUnclean(state.Keys.Root, _position.Written, ChangeRevision.Last);
        }

        if (!more)
        {
            _trimmedTo = _target;
        }

        return removed > 0;
    }

    /// <summary>
    /// Trims the key that the cursor stands on; false in <paramref name="whole"/> when versions are left.
    /// </summary>
    private int TrimKey(TreeCursor cursor, int versionsMax, out bool whole)
    {
        ReadOnlySpan<byte> key = _position.Written;
        whole = true;
        var bound = new ChangeRevision(_target, int.MaxValue);
        if (!cursor.Seek(state.Keys.Root, key, bound) || cursor.CompareKey(key) != 0)
        {
            return 0;
        }

        var kept = VersionEntry.Read(cursor.Revision, cursor.Payload);
        bool keepFirst = !kept.Tombstone || kept.Modified.Main == _target;
        int removed = 0;
        cursor.Next();
        while (cursor.Valid && cursor.CompareKey(key) == 0)
        {
            if (removed == versionsMax)
            {
                whole = false;
                return removed;
            }

            ChangeRevision revision = cursor.Revision;
            Remove(key, VersionEntry.Read(revision, cursor.Payload));
            removed++;
            cursor.Seek(state.Keys.Root, key, revision);
        }

        // The tombstone goes last: without it the versions below would be the newest ones, and the key alive again.
        whole = keepFirst || removed < versionsMax;
        if (!keepFirst && whole)
        {
            Remove(key, kept);
            removed++;
        }

        return removed;
    }

    private void Remove(ReadOnlySpan<byte> key, VersionEntry entry)
    {
        state.Keys.Remove(key, entry.Modified);
        state.History.MarkDead(entry.Modified, entry.KeyValueBytes(key.Length));
        Volatile.Write(ref _removedVersions, _removedVersions + 1);
    }

    private void RememberKey(TreeCursor cursor)
    {
        int length = cursor.KeyLength;
        _position.Clear();
        cursor.CopyKey(_position.GetSpan(length)[..length]);
        _position.Advance(length);
    }

    private void AppendZero()
    {
        _position.GetSpan(1)[0] = 0;
        _position.Advance(1);
    }
}
