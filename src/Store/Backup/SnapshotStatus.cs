using System.Text;
using Keelson.Base.Codec;
using Keelson.Base.Identity;

namespace Keelson.Store.Backup;

/// <summary>What <c>etcdutl snapshot status</c> tells of a backup.</summary>
/// <param name="Hash">CRC-32C over the names of all buckets and their keys and values, in order.</param>
/// <param name="Revision">The highest revision; 0 when there is none.</param>
/// <param name="TotalKey">Entries in all buckets.</param>
/// <param name="TotalSize">Bytes of the pages in use.</param>
/// <param name="Version">The storage version; empty in files of etcd 3.5 and in ours, which do not say.</param>
internal sealed record SnapshotStatus(uint Hash, Revision Revision, long TotalKey, long TotalSize, string Version)
{
    private const string StorageVersion = "storageVersion";

    /// <summary>Reads the whole file.</summary>
    /// <exception cref="StoreDamageException">It is damaged.</exception>
    public static SnapshotStatus Read(SnapshotReader snapshot)
    {
        uint hash = 0;
        long total = 0;
        Revision revision = default;
        string version = "";
        foreach (string bucket in snapshot.BucketNames())
        {
            hash = Crc32C.Append(hash, Encoding.UTF8.GetBytes(bucket));
            BoltCursor? cursor = snapshot.OpenBucket(bucket);
            while (cursor is not null && cursor.Next())
            {
                hash = Crc32C.Append(Crc32C.Append(hash, cursor.Key), cursor.IsBucket ? default : cursor.Value);
                total++;
                if (bucket == EtcdBuckets.Key && RevisionKey.TryRead(cursor.Key, out ChangeRevision change, out _))
                {
                    revision = change.Revision;
                }
                else if (bucket == EtcdBuckets.Meta && cursor.Key.SequenceEqual(Encoding.UTF8.GetBytes(StorageVersion)))
                {
                    version = Encoding.UTF8.GetString(cursor.Value);
                }
            }
        }

        return new SnapshotStatus(hash, revision, total, snapshot.PagesBytes, version);
    }
}
