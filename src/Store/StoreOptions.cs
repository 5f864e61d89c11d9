using Keelson.Store.Log;
using Keelson.Store.Mvcc;

namespace Keelson.Store;

/// <summary>How to open a store; the defaults suit a server with a few GiB of memory.</summary>
public sealed record StoreOptions
{
    /// <summary>A segment's start block, and the head of the record and batch around the largest request.</summary>
    private const int LogSegmentSlackBytes = 2 * LogOptions.BlockBytes;

    /// <summary>The largest request in bytes (etcd's --max-request-bytes: 1.5 MiB).</summary>
    public int RequestBytesMax { get; init; } = 1_572_864;

    /// <summary>Compares, then- and else-operations of a transaction, each (etcd's --max-txn-ops: 128).</summary>
    public int TransactionOperationsMax { get; init; } = 128;

    /// <summary>Bytes of requests that may wait for the log; beyond it they are refused, never queued.</summary>
    public long WaitingBytesMax { get; init; } = 64L << 20;

    /// <summary>Bytes of tree pages kept in memory; the tree itself may be of any size.</summary>
    public long TreeCacheBytesMax { get; init; } = 256L << 20;

    /// <summary>Bytes of values kept in memory after they were read from disk.</summary>
    public long ValueCacheBytesMax { get; init; } = 32L << 20;

    /// <summary>Bytes of the newest values kept in memory for readers and watchers.</summary>
    public long TailBytesMax { get; init; } = 32L << 20;

    /// <summary>Bytes of one log segment; two to a handful of them exist.</summary>
    public int LogSegmentBytes { get; init; } = 64 << 20;

    /// <summary>History segments that may be open for reading at a time; one is 64 MiB.</summary>
    public int HistoryFilesMax { get; init; } = 512;

    /// <summary>
    /// The shortest lease in seconds; shorter grants are raised to it (etcd: 2 s with default timers).
    /// </summary>
    public long LeaseTtlSecondsMin { get; init; } = 2;

    /// <summary>How often idle watches that asked are told how far they are (etcd: 10 min, kubeadm: 5 s).</summary>
    public TimeSpan WatchProgressInterval { get; init; } = TimeSpan.FromMinutes(10);

    internal EngineTuning Tuning { get; init; } = EngineTuning.Default;

    /// <summary>Told durations and counts; null when nobody wants them, and then no clock is read for them.</summary>
    internal IStoreObserver? Observer { get; init; }

    /// <summary>
    /// Called once with what made the store stop: a failed write or sync, damage, a bug. Nothing is served any more
    /// then.
    /// The default ends the process, because whoever goes on after a failed sync loses data.
    /// </summary>
    public Action<Exception> Failed { get; init; } = static exception =>
        Environment.FailFast("keelson: the store stopped: " + exception.Message, exception);

    /// <summary>
    /// The same within a memory of so many bytes: with less than 2 GiB the caches are smaller, checkpoints more
    /// frequent (what was not checkpointed is in memory) and fewer requests wait; and whatever the memory is, an answer
    /// that a write gives (prev_kvs, a transaction's ranges) is given up above an eighth of it. For a process that has
    /// little else to hold; <c>GC.GetGCMemoryInfo().TotalAvailableMemoryBytes</c> knows the container's limit.
    /// </summary>
    public StoreOptions Within(long memoryBytes) => this with
    {
        TreeCacheBytesMax = Math.Min(TreeCacheBytesMax, Math.Max(1, memoryBytes / 8)),
        ValueCacheBytesMax = Math.Min(ValueCacheBytesMax, Math.Max(1, memoryBytes / 64)),
        TailBytesMax = Math.Min(TailBytesMax, Math.Max(1, memoryBytes / 64)),
        WaitingBytesMax = Math.Min(WaitingBytesMax, Math.Max(RequestBytesMax, memoryBytes / 32)),
        Tuning = Tuning with
        {
            CheckpointBytes = Math.Min(Tuning.CheckpointBytes, Math.Max(1 << 20, memoryBytes / 32)),
            AnswerBytesMax = (int)Math.Min(Tuning.AnswerBytesMax, Math.Max(2L * RequestBytesMax, memoryBytes / 8)),
        },
    };

    /// <summary>Reports everything that cannot work at once.</summary>
    /// <exception cref="ArgumentException">Some sizes do not fit each other.</exception>
    internal void Check()
    {
        List<string> faults = [];
        long entryBytes = Math.Max(BatchLayout.BatchBytesMax, (long)RequestBytesMax) + LogSegmentSlackBytes;
        if (LogSegmentBytes < entryBytes || LogSegmentBytes % LogOptions.BlockBytes != 0)
        {
            faults.Add(
                $"{nameof(LogSegmentBytes)} is {LogSegmentBytes}: expected a multiple of {LogOptions.BlockBytes}, " +
                $"at least {entryBytes} for requests of {RequestBytesMax} bytes");
        }

        if (RequestBytesMax <= 0 || TransactionOperationsMax <= 0 || WaitingBytesMax < RequestBytesMax)
        {
            faults.Add(
                $"{nameof(RequestBytesMax)} and {nameof(TransactionOperationsMax)} are above zero, and " +
                $"{nameof(WaitingBytesMax)} holds at least one request");
        }

        if (TreeCacheBytesMax <= 0 || ValueCacheBytesMax <= 0 || TailBytesMax <= 0)
        {
            faults.Add("the cache sizes are above zero");
        }

        if (HistoryFilesMax <= 0)
        {
            faults.Add($"{nameof(HistoryFilesMax)} is above zero");
        }

        if (faults.Count > 0)
        {
            throw new ArgumentException(string.Join("; ", faults));
        }

        Tuning.Check();
    }
}
