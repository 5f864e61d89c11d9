using System.Diagnostics.Metrics;
using Keelson.Store;
using Keelson.Store.Mvcc;

namespace Keelson.StoreServer.Metrics;

/// <summary>
/// What the engine tells of its own work, under etcd's names and with its buckets. What has no meaning here is listed
/// in docs/operations/metrics.md.
/// </summary>
internal sealed class EngineMetrics : IStoreObserver
{
    /// <summary>What etcd calls slow (its --warning-apply-duration: 100 ms).</summary>
    private static readonly TimeSpan SlowApply = TimeSpan.FromMilliseconds(100);

    private readonly Meter _meter;
    private readonly Histogram<double> _logSeconds;
    private readonly UpDownCounter<long> _logBytes;
    private readonly Histogram<double> _commitSeconds;
    private readonly Histogram<double> _checkpointSeconds;
    private readonly Histogram<double> _reclaimSeconds;
    private readonly Histogram<double> _trimMilliseconds;
    private readonly Histogram<double> _trimSliceMilliseconds;
    private readonly Counter<long> _slowApplies;
    private readonly Histogram<double>?[] _applySeconds = new Histogram<double>?[2 * ((int)RequestKind.Settings + 1)];
    private long _lastTrimmed;

    public EngineMetrics(Meter meter)
    {
        _meter = meter;
        _logSeconds = meter.CreateBucketed(
            "etcd_disk_wal_fsync_duration_seconds", "The latency distributions of fsync called by WAL.", Buckets.Disk);
        _logBytes = meter.CreateUpDownCounter<long>(
            "etcd_disk_wal_write_bytes_total", null, "Total number of bytes written in WAL.");
        _commitSeconds = meter.CreateBucketed(
            "etcd_disk_backend_commit_duration_seconds", "The latency distributions of commit called by backend.",
            Buckets.Disk);
        _checkpointSeconds = meter.CreateBucketed(
            "keelson_checkpoint_duration_seconds",
            "How long checkpoints take from their first write to the durable root.", Buckets.Snapshot);
        _reclaimSeconds = meter.CreateBucketed(
            "etcd_disk_backend_defrag_duration_seconds", "The latency distribution of backend defragmentation.",
            Buckets.Defragment);
        _trimMilliseconds = meter.CreateBucketed(
            "etcd_debugging_mvcc_db_compaction_total_duration_milliseconds",
            "Bucketed histogram of db compaction total duration.", Buckets.CompactionMilliseconds);
        _trimSliceMilliseconds = meter.CreateBucketed(
            "etcd_debugging_mvcc_db_compaction_pause_duration_milliseconds",
            "Bucketed histogram of db compaction pause duration.", Buckets.CompactionPauseMilliseconds);
        _slowApplies = meter.CreateCounter<long>(
            "etcd_server_slow_apply_total", null,
            "The total number of slow apply requests (likely overloaded from slow disk).");
        meter.CreateObservableGauge(
            "etcd_debugging_mvcc_db_compaction_last", () => Volatile.Read(ref _lastTrimmed), null,
            "The unix time of the last db compaction. Resets to 0 on start.");
    }

    public void LogWritten(int bytes, TimeSpan elapsed)
    {
        _logSeconds.Record(elapsed.TotalSeconds);
        _logBytes.Add(bytes);
    }

    public void Applied(RequestKind kind, StoreError error, TimeSpan elapsed)
    {
        // etcd 3.5, apply.go: asking for what is compacted already counts as a success, and it measures no answers.
        bool succeeded = error is StoreError.None or StoreError.Compacted or StoreError.AnswerTooLarge;
        ref Histogram<double>? seconds = ref _applySeconds[(2 * (int)kind) + (succeeded ? 1 : 0)];
        seconds ??= MakeApply(kind, succeeded);
        seconds.Record(elapsed.TotalSeconds);
        if (elapsed > SlowApply)
        {
            _slowApplies.Add(1);
        }
    }

    public void TrimSliced(TimeSpan elapsed) => _trimSliceMilliseconds.Record(elapsed.TotalMilliseconds);

    public void Trimmed(TimeSpan elapsed)
    {
        _trimMilliseconds.Record(elapsed.TotalMilliseconds);
        Volatile.Write(ref _lastTrimmed, DateTimeOffset.UtcNow.ToUnixTimeSeconds());
    }

    public void Checkpointed(TimeSpan elapsed, TimeSpan commit)
    {
        _checkpointSeconds.Record(elapsed.TotalSeconds);
        _commitSeconds.Record(commit.TotalSeconds);
    }

    public void Reclaimed(TimeSpan elapsed) => _reclaimSeconds.Record(elapsed.TotalSeconds);

    private Histogram<double> MakeApply(RequestKind kind, bool succeeded) => _meter.CreateBucketed(
        "etcd_server_apply_duration_seconds", "The latency distributions of v2 apply called by backend.",
        Buckets.Apply,
        new("version", "v3"), new("op", Operation(kind)), new("success", succeeded ? "true" : "false"));

    /// <summary>etcd's names of what it applies (etcd 3.5, apply.go).</summary>
    private static string Operation(RequestKind kind) => kind switch
    {
        RequestKind.Compact => "Compaction",
        RequestKind.Settings => "ClusterMemberAttrSet",
        _ => kind.ToString(),
    };
}
