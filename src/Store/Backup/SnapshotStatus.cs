using System.Text;
using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Store.History;

namespace Keelson.Store.Backup;

/// <summary>What <c>etcdutl snapshot status</c> tells of a backup.</summary>
/// <param name="Hash">CRC-32C over the names of all buckets and their keys and values, in order.</param>
/// <param name="Revision">The highest revision; 0 when there is none.</param>
/// <param name="TotalKey">
/// What etcdutl of the same version counts: the entries of all buckets; since 3.6, where the file says a storage
/// version, the live keys (etcdutl/snapshot/v3_snapshot.go of each).
/// </param>
/// <param name="TotalSize">Bytes of the pages in use.</param>
/// <param name="Version">The storage version; empty in files of etcd 3.5 and in ours, which do not say.</param>
internal sealed record SnapshotStatus(uint Hash, Revision Revision, long TotalKey, long TotalSize, string Version)
{
    /// <summary>Reads the whole file; of one with a storage version it holds all live keys in memory.</summary>
    /// <exception cref="StoreDamageException">It is damaged.</exception>
    public static SnapshotStatus Read(SnapshotReader snapshot)
    {
        uint hash = 0;
        long entries = 0;
        Revision revision = default;
        string? version = snapshot.ReadStorageVersion()?.ToString();
        HashSet<string> live = new(StringComparer.Ordinal);
        foreach (string bucket in snapshot.BucketNames())
        {
            hash = Crc32C.Append(hash, Encoding.UTF8.GetBytes(bucket));
            BoltCursor? cursor = snapshot.OpenBucket(bucket);
            while (cursor is not null && cursor.Next())
            {
                hash = Crc32C.Append(Crc32C.Append(hash, cursor.Key), cursor.IsBucket ? default : cursor.Value);
                entries++;
                if (bucket == EtcdBuckets.Key
                    && RevisionKey.TryRead(cursor.Key, out ChangeRevision change, out bool isTombstone))
                {
                    revision = change.Revision;
                    if (version is not null)
                    {
                        Count(live, cursor.Value, isTombstone);
                    }
                }
            }
        }

        long total = version is null ? entries : live.Count;
        return new SnapshotStatus(hash, revision, total, snapshot.PagesBytes, version ?? "");
    }

    // The empty value that a raised revision leaves has an empty key, which etcdutl counts as well.
    private static void Count(HashSet<string> live, ReadOnlySpan<byte> stored, bool isTombstone)
    {
        KeyValueView.TryRead(stored, out KeyValueView keyValue);
        string key = Encoding.Latin1.GetString(keyValue.Key);
        if (isTombstone)
        {
            live.Remove(key);
        }
        else
        {
            live.Add(key);
        }
    }
}
