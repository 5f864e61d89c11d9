namespace Keelson.Store.Backup;

/// <summary>
/// The buckets of etcd's backend and the keys in them that are read or written here (etcd 3.5 to 3.7,
/// server/storage/schema/bucket.go).
/// </summary>
internal static class EtcdBuckets
{
    public const string Alarm = "alarm";
    public const string Auth = "auth";
    public const string AuthRoles = "authRoles";
    public const string AuthUsers = "authUsers";
    public const string Cluster = "cluster";
    public const string Key = "key";
    public const string Lease = "lease";
    public const string Members = "members";
    public const string MembersRemoved = "members_removed";
    public const string Meta = "meta";

    public const string AuthEnabled = "authEnabled";
    public const string AuthRevision = "authRevision";
    public const string ClusterVersion = "clusterVersion";

    public const string ConfigurationState = "confState";
    public const string ConsistentIndex = "consistent_index";
    public const string FinishedCompactRevision = "finishedCompactRev";
    public const string ScheduledCompactRevision = "scheduledCompactRev";

    /// <summary>Since etcd 3.6.</summary>
    public const string StorageVersion = "storageVersion";

    public const string Term = "term";

    /// <summary>All of them, ascending bytewise, as every etcd creates them.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        Alarm, Auth, AuthRoles, AuthUsers, Cluster, Key, Lease, Members, MembersRemoved, Meta,
    ];
}
