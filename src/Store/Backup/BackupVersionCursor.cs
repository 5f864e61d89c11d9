using Keelson.Base.Codec;

namespace Keelson.Store.Backup;

/// <summary>Versions as the entries of etcd's bucket <c>key</c>.</summary>
internal sealed class BackupVersionCursor(IBackupVersions versions) : IBoltCursor
{
    private const int KeyField = 1;
    private readonly byte[] _key = new byte[RevisionKey.TombstoneBytes];
    private int _keyLength;

    public ReadOnlySpan<byte> Key => _key.AsSpan(0, _keyLength);

    // etcd stores a KeyValue with nothing but the key for a deletion.
    public int ValueLength => versions.IsTombstone
        ? ProtoSize.Bytes(KeyField, versions.Key.Length)
        : versions.KeyValueLength;

    public bool Next()
    {
        if (!versions.Next())
        {
            return false;
        }

        _keyLength = RevisionKey.Write(versions.Revision, versions.IsTombstone, _key);
        return true;
    }

    public void CopyValue(Span<byte> destination)
    {
        if (versions.IsTombstone)
        {
            var writer = new ProtoWriter(destination);
            writer.Bytes(KeyField, versions.Key);
        }
        else
        {
            versions.CopyKeyValue(destination);
        }
    }
}
