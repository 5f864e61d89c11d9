using System.Diagnostics.Metrics;
using Keelson.Store;
using Keelson.Store.Mvcc;

namespace Keelson.StoreServer.Metrics;

/// <summary>What happens to requests, counted under etcd's names where they happen.</summary>
internal sealed class StoreMetrics
{
    private readonly UpDownCounter<long> _pending;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _puts;
    private readonly Counter<long> _deletes;
    private readonly Counter<long> _ranges;
    private readonly Counter<long> _txns;
    private readonly Counter<long> _events;
    private readonly Counter<long> _leasesGranted;
    private readonly Counter<long> _leasesRevoked;
    private readonly Counter<long> _leasesRenewed;

    public StoreMetrics(Meter meter)
    {
        _pending = meter.CreateUpDownCounter<long>(
            "etcd_server_proposals_pending", null, "The current number of pending proposals to commit.");
        _failed = meter.CreateCounter<long>(
            "etcd_server_proposals_failed_total", null, "The total number of failed proposals seen.");
        _puts = meter.CreateCounter<long>("etcd_mvcc_put_total", null, "Total number of puts seen by this member.");
        _deletes = meter.CreateCounter<long>(
            "etcd_mvcc_delete_total", null, "Total number of deletes seen by this member.");
        _ranges = meter.CreateCounter<long>(
            "etcd_mvcc_range_total", null, "Total number of ranges seen by this member.");
        _txns = meter.CreateCounter<long>("etcd_mvcc_txn_total", null, "Total number of txns seen by this member.");
        _events = meter.CreateCounter<long>(
            "etcd_debugging_mvcc_events_total", null, "Total number of events sent by this member.");
        _leasesGranted = meter.CreateCounter<long>(
            "etcd_debugging_lease_granted_total", null, "The total number of granted leases.");
        _leasesRevoked = meter.CreateCounter<long>(
            "etcd_debugging_lease_revoked_total", null, "The total number of revoked leases.");
        _leasesRenewed = meter.CreateCounter<long>(
            "etcd_debugging_lease_renewed_total", null, "The number of renewed leases seen by the leader.");
        LeaseSeconds = meter.CreateBucketed(
            "etcd_debugging_lease_ttl_total", "Bucketed histogram of lease TTLs.",
            Buckets.LeaseSeconds);
        HashSeconds = meter.CreateBucketed(
            "etcd_mvcc_hash_duration_seconds", "The latency distribution of storage hash operation.",
            Buckets.Hash);
        HashRevisionSeconds = meter.CreateBucketed(
            "etcd_mvcc_hash_rev_duration_seconds", "The latency distribution of storage hash by revision operation.",
            Buckets.Hash);
        SnapshotSeconds = meter.CreateBucketed(
            "etcd_disk_backend_snapshot_duration_seconds", "The latency distribution of backend snapshots.",
            Buckets.Snapshot);
    }

    public Histogram<double> LeaseSeconds { get; }

    public Histogram<double> HashSeconds { get; }

    public Histogram<double> HashRevisionSeconds { get; }

    public Histogram<double> SnapshotSeconds { get; }

    public void RangeServed() => _ranges.Add(1);

    public void EventsSent(int count) => _events.Add(count);

    public void ReadTxnServed() => _txns.Add(1);

    public void ProposalStarted() => _pending.Add(1);

    public void ProposalEnded(RequestKind kind, StoreError error)
    {
        _pending.Add(-1);
        if (error is StoreError.TooManyRequests
            or StoreError.Stopped
            or StoreError.TimedOut
            or StoreError.Canceled)
        {
            _failed.Add(1);
        }

        if (error is StoreError.None or StoreError.AnswerTooLarge)
        {
            CounterOf(kind)?.Add(1);
        }
    }

    private Counter<long>? CounterOf(RequestKind kind) => kind switch
    {
        RequestKind.Put => _puts,
        RequestKind.DeleteRange => _deletes,
        RequestKind.Txn => _txns,
        RequestKind.LeaseGrant => _leasesGranted,
        RequestKind.LeaseRevoke => _leasesRevoked,
        RequestKind.LeaseKeepAlive => _leasesRenewed,
        _ => null,
    };
}
