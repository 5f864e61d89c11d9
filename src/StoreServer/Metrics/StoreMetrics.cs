using System.Diagnostics.Metrics;
using Keelson.Store;
using Keelson.Store.Mvcc;

namespace Keelson.StoreServer.Metrics;

/// <summary>What happens to requests, counted under etcd's names where they happen.</summary>
internal sealed class StoreMetrics
{
    private readonly UpDownCounter<long> _pending;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _events;
    private readonly Counter<long> _leasesGranted;
    private readonly Counter<long> _leasesRevoked;
    private readonly Counter<long> _leasesRenewed;
    private long _rangesRead;
    private long _transactionsRead;

    public StoreMetrics(Meter meter)
    {
        _pending = meter.CreateUpDownCounter<long>(
            "etcd_server_proposals_pending", null, "The current number of pending proposals to commit.");
        _failed = meter.CreateCounter<long>(
            "etcd_server_proposals_failed_total", null, "The total number of failed proposals seen.");
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

    /// <summary>Ranges that did not pass through the log.</summary>
    public long RangesRead => Volatile.Read(ref _rangesRead);

    /// <summary>Transactions that did not.</summary>
    public long TransactionsRead => Volatile.Read(ref _transactionsRead);

    /// <summary>A read was answered; of several ranges it is a transaction to etcd.</summary>
    public void RangesServed(int count)
    {
        Interlocked.Add(ref _rangesRead, count);
        if (count > 1)
        {
            Interlocked.Increment(ref _transactionsRead);
        }
    }

    public void EventsSent(int count) => _events.Add(count);

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
        RequestKind.LeaseGrant => _leasesGranted,
        RequestKind.LeaseRevoke => _leasesRevoked,
        RequestKind.LeaseKeepAlive => _leasesRenewed,
        _ => null,
    };
}
