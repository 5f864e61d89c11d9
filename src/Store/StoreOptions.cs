namespace Keelson.Store;

/// <summary>How to open a store; the defaults suit a server with a few GiB of memory.</summary>
public sealed record StoreOptions
{
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

    /// <summary>
    /// The shortest lease in seconds; shorter grants are raised to it (etcd: 2 s with default timers).
    /// </summary>
    public long LeaseTtlSecondsMin { get; init; } = 2;

    /// <summary>How often idle watches that asked are told how far they are (etcd: 10 min, kubeadm: 5 s).</summary>
    public TimeSpan WatchProgressInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Called once with what made the store stop: a failed write or sync, damage, a bug. Nothing is served any more
    /// then.
    /// The default ends the process, because whoever goes on after a failed sync loses data.
    /// </summary>
    public Action<Exception> Failed { get; init; } = static exception =>
        Environment.FailFast("keelson: the store stopped: " + exception.Message, exception);
}
