using Keelson.Base.Identity;

namespace Keelson.Store.Backup;

/// <summary>The versions in a backup, in order of revision.</summary>
internal sealed class SnapshotVersions(BoltCursor? cursor, string file)
{
    private ChangeRevision _revision;
    private bool _isTombstone;

    public ChangeRevision Revision => _revision;

    public bool IsTombstone => _isTombstone;

    /// <summary>The encoded KeyValue; of a deletion with nothing but the key. Valid until <see cref="Next"/>.</summary>
    public ReadOnlySpan<byte> KeyValue => cursor is null ? default : cursor.Value;

    /// <exception cref="StoreDamageException">The file is damaged here.</exception>
    public bool Next()
    {
        if (cursor is null || !cursor.Next())
        {
            return false;
        }

        return RevisionKey.TryRead(cursor.Key, out _revision, out _isTombstone)
            ? true
            : throw new StoreDamageException(
                file, cursor.PageOffset, "a revision as key", Convert.ToHexString(cursor.Key));
    }
}
