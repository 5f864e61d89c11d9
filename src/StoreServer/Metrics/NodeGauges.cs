using System.Diagnostics.Metrics;
using Keelson.Raft;
using Keelson.Store.Host;
using Keelson.Store.Mvcc;
using Keelson.StoreServer.Membership;
using Keelson.StoreServer.Options;
using Keelson.StoreServer.Replication;
using Keelson.StoreServer.Serving;

namespace Keelson.StoreServer.Metrics;

/// <summary>What the node is right now, under etcd's names; read when scraped.</summary>
internal static class NodeGauges
{
    public static void AddTo(Meter meter, ServedStore store, StoreMetrics reads)
    {
        StoreEngine engine = store.Engine;
        ReplicaOrder replica = store.Replica;
        NodeIdentity identity = store.Identity;
        StoreServerOptions options = store.Options;
        AddServer(meter, identity, options);
        AddReplica(meter, replica, identity);
        AddProgress(meter, engine, replica);
        AddOperations(meter, engine, reads);
        AddSizes(meter, engine);
        AddWatches(meter, engine);
    }

    private static void AddServer(Meter meter, NodeIdentity identity, StoreServerOptions options)
    {
        Constant(
            meter, "etcd_server_quota_backend_bytes", options.EffectiveQuotaBytes,
            "Current backend storage quota size in bytes.");
        Constant(
            meter, "etcd_server_id", 1, "Server or member ID in hexadecimal format.",
            new("server_id", identity.Member.ToString()));
        Constant(
            meter, "etcd_server_version", 1, "Which version is running.",
            new("server_version", ServedVersion.Server));
        Constant(
            meter, "etcd_cluster_version", 1, "Which cluster version is running.",
            new("cluster_version", ServedVersion.Cluster[..ServedVersion.Cluster.LastIndexOf('.')]));
    }

    private static void AddReplica(Meter meter, ReplicaOrder replica, NodeIdentity identity)
    {
        meter.CreateObservableGauge(
            "etcd_server_has_leader", () => replica.Status.Leader.Value == 0 ? 0L : 1, null,
            "Whether or not a leader exists. 1 is existence, 0 is not.");
        meter.CreateObservableGauge(
            "etcd_server_is_leader", () => replica.Status.Role == RaftRole.Leader ? 1L : 0, null,
            "Whether or not this member is a leader. 1 if is, 0 otherwise.");
        meter.CreateObservableGauge(
            "etcd_server_is_learner",
            () => replica.Status.Configuration.Learners.Contains(identity.Member) ? 1L : 0, null,
            "Whether or not this member is a learner. 1 if is, 0 otherwise.");
        meter.CreateObservableCounter(
            "etcd_server_leader_changes_seen_total", () => replica.LeaderChanges, null,
            "The number of leader changes seen.");
    }

    private static void AddProgress(Meter meter, StoreEngine engine, ReplicaOrder replica)
    {
        meter.CreateObservableGauge(
            "etcd_server_proposals_committed_total", () => replica.Committed.Value, null,
            "The total number of consensus proposals committed.");
        meter.CreateObservableGauge(
            "etcd_server_proposals_applied_total", () => engine.State.AppliedIndex.Value, null,
            "The total number of consensus proposals applied.");
        meter.CreateObservableGauge(
            "etcd_debugging_mvcc_current_revision", () => engine.State.Revision.Value, null,
            "The current revision of store.");
        meter.CreateObservableGauge(
            "etcd_debugging_mvcc_compact_revision", () => CompactRevision(engine.State), null,
            "The revision of the last compaction in store.");
        meter.CreateObservableGauge(
            "etcd_debugging_mvcc_keys_total", () => engine.State.Keys.LiveCount, null, "Total number of keys.");
        meter.CreateObservableCounter(
            "etcd_debugging_mvcc_db_compaction_keys_total", () => engine.TrimmedVersions, null,
            "Total number of db keys compacted.");
        meter.CreateObservableCounter(
            "etcd_debugging_server_lease_expired_total", () => engine.ExpiredLeases, null,
            "The total number of expired leases.");
    }

    /// <summary>etcd 3.5, mvcc/metrics.go. Replay counts again, as with etcd.</summary>
    private static void AddOperations(Meter meter, StoreEngine engine, StoreMetrics reads)
    {
        meter.CreateObservableCounter(
            "etcd_mvcc_put_total", () => engine.Operations.Puts, null, "Total number of puts seen by this member.");
        meter.CreateObservableCounter(
            "etcd_mvcc_delete_total", () => engine.Operations.Deletions, null,
            "Total number of deletes seen by this member.");
        meter.CreateObservableCounter(
            "etcd_mvcc_range_total", () => engine.Operations.Ranges + reads.RangesRead, null,
            "Total number of ranges seen by this member.");
        meter.CreateObservableCounter(
            "etcd_mvcc_txn_total", () => engine.Operations.Transactions + reads.TransactionsRead, null,
            "Total number of txns seen by this member.");
        meter.CreateObservableGauge(
            "etcd_debugging_mvcc_total_put_size_in_bytes", () => engine.Operations.PutBytes, null,
            "The total size of put kv pairs seen by this member.");
    }

    private static void AddSizes(Meter meter, StoreEngine engine)
    {
        meter.CreateObservableGauge(
            "etcd_mvcc_db_total_size_in_bytes", () => engine.BytesOnDisk, null,
            "Total size of the underlying database physically allocated in bytes.");
        meter.CreateObservableGauge(
            "etcd_mvcc_db_total_size_in_use_in_bytes", () => engine.BytesInUse, null,
            "Total size of the underlying database logically in use in bytes.");
        meter.CreateObservableGauge(
            "etcd_disk_defrag_inflight", () => engine.IsReclaiming ? 1L : 0, null,
            "Whether or not defrag is active on the member. 1 means active, 0 means not.");
    }

    private static void AddWatches(Meter meter, StoreEngine engine)
    {
        meter.CreateObservableGauge(
            "etcd_debugging_mvcc_watch_stream_total", () => (long)engine.Watches.Counts.Streams, null,
            "Total number of watch streams.");
        meter.CreateObservableGauge(
            "etcd_debugging_mvcc_watcher_total",
            () => (long)engine.Watches.Counts.Live + engine.Watches.Counts.Waiting, null,
            "Total number of watchers.");
        meter.CreateObservableGauge(
            "etcd_debugging_mvcc_slow_watcher_total", () => (long)engine.Watches.Counts.Waiting, null,
            "Total number of unsynced slow watchers.");
    }

    private static long CompactRevision(StoreState state) => Math.Max(state.CompactRevision, 0);

    private static void Constant(
        Meter meter, string name, long value, string help, KeyValuePair<string, object?>? label = null) =>
        meter.CreateObservableGauge(name, () => value, null, help, label is { } one ? [one] : []);
}
