using Keelson.Base.Codec;
using Keelson.Base.Identity;

namespace Keelson.Store.Backup;

/// <summary>
/// The hash over the history that etcd's HashKV answers: CRC-32C over the bucket's name and then, in order of revision,
/// each included version's revision key and stored bytes (etcd 3.5.16; <see cref="HashKVRule"/> says which).
/// </summary>
internal struct HashKV()
{
    private const int KeyField = 1;
    private uint _crc = Crc32C.Compute("key"u8);

    /// <summary>The hash of what was added so far.</summary>
    public readonly uint Value => _crc;

    /// <summary>Adds a put with its encoded KeyValue.</summary>
    public void AddPut(ChangeRevision revision, ReadOnlySpan<byte> keyValue)
    {
        AddRevision(revision, isTombstone: false);
        _crc = Crc32C.Append(_crc, keyValue);
    }

    /// <summary>Adds a deletion of <paramref name="key"/>: etcd stores a KeyValue with just the key.</summary>
    public void AddTombstone(ChangeRevision revision, ReadOnlySpan<byte> key)
    {
        AddRevision(revision, isTombstone: true);
        Span<byte> prefix = stackalloc byte[1 + ProtoSize.VarintBytesMax];
        var writer = new ProtoWriter(prefix);
        writer.BeginMessage(KeyField, key.Length);
        _crc = Crc32C.Append(_crc, prefix[..writer.Position]);
        _crc = Crc32C.Append(_crc, key);
    }

    /// <summary>Adds a version as a backup stores it.</summary>
    public void AddStored(ChangeRevision revision, bool isTombstone, ReadOnlySpan<byte> stored)
    {
        AddRevision(revision, isTombstone);
        _crc = Crc32C.Append(_crc, stored);
    }

    private void AddRevision(ChangeRevision revision, bool isTombstone)
    {
        Span<byte> key = stackalloc byte[RevisionKey.TombstoneBytes];
        int length = RevisionKey.Write(revision, isTombstone, key);
        _crc = Crc32C.Append(_crc, key[..length]);
    }
}
