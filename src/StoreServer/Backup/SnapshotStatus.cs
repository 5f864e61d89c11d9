using System.Buffers.Binary;
using System.Text;
using Keelson.Base.Codec;
using Keelson.Base.Seams;
using Keelson.Store.Backup;
using Keelson.Store.Host;

namespace Keelson.StoreServer.Backup;

/// <summary>What etcdutl's <c>snapshot status</c> tells of a backup.</summary>
/// <param name="Hash">CRC-32C over every bucket's name, keys and values (etcd 3.5, etcdutl/snapshot).</param>
/// <param name="Revision">The newest revision.</param>
/// <param name="TotalKeys">Entries of all buckets.</param>
/// <param name="TotalBytes">Size of the file without its checksum.</param>
public sealed record SnapshotStatus(uint Hash, long Revision, long TotalKeys, long TotalBytes)
{
    /// <exception cref="Store.StoreDamageException">It is no backup, or damaged.</exception>
    /// <exception cref="DiskException">It cannot be read.</exception>
    public static SnapshotStatus Read(string path)
    {
        using IDiskFile file = SnapshotRestore.OpenSnapshot(path);
        var snapshot = new SnapshotReader(file, path);
        if (snapshot.HasTrailer)
        {
            snapshot.VerifyTrailer();
        }

        uint hash = 0;
        long revision = 0;
        long keys = 0;
        foreach (string bucket in EtcdBuckets.All)
        {
            if (snapshot.OpenBucket(bucket) is not { } cursor)
            {
                continue;
            }

            hash = Crc32C.Append(hash, Encoding.ASCII.GetBytes(bucket));
            while (cursor.Next())
            {
                hash = Crc32C.Append(Crc32C.Append(hash, cursor.Key), cursor.Value);
                keys++;
                if (bucket == EtcdBuckets.Key && cursor.Key.Length >= sizeof(long))
                {
                    revision = BinaryPrimitives.ReadInt64BigEndian(cursor.Key);
                }
            }
        }

        return new SnapshotStatus(hash, revision, keys, snapshot.FileBytes);
    }
}
