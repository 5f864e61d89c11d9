using Keelson.Base.Identity;
using Keelson.Store.Tree;

namespace Keelson.Store.Mvcc;

/// <summary>
/// Everything that is replicated, at one moment: the one root. Immutable; the commit loop publishes a new one per batch
/// with a single store, so readers never take a lock and never see half a batch.
/// </summary>
internal sealed record StoreState
{
    /// <summary>etcd: nothing is compacted in a fresh store (mvcc: compactMainRev -1).</summary>
    public const long NothingCompacted = -1;

    public static readonly StoreState Empty = new();

    /// <summary>Every version of every key: key ascending, newest first.</summary>
    public TreeRoot Keys { get; init; } = TreeRoot.Empty;

    /// <summary>Lease id → TTL and deadline.</summary>
    public TreeRoot Leases { get; init; } = TreeRoot.Empty;

    /// <summary>Lease id + key → nothing: the keys that end with a lease.</summary>
    public TreeRoot LeaseKeys { get; init; } = TreeRoot.Empty;

    /// <summary>Deadline + lease id → nothing: which lease ends next.</summary>
    public TreeRoot LeaseDeadlines { get; init; } = TreeRoot.Empty;

    /// <summary>Name → bytes: alarms, members and other small facts.</summary>
    public TreeRoot Settings { get; init; } = TreeRoot.Empty;

    public Revision Revision { get; init; } = Revision.First;

    /// <summary>Revisions below this one are unreadable; itself is readable. -1 before the first compaction.</summary>
    public long CompactRevision { get; init; } = NothingCompacted;

    /// <summary>The last log entry whose outcome is in here.</summary>
    public LogIndex AppliedIndex { get; init; }

    public Term AppliedTerm { get; init; }

    /// <summary>Cluster time of the last batch, milliseconds: what lease deadlines are measured in.</summary>
    public long ClusterTimeMilliseconds { get; init; }

    /// <summary>Hash over every outcome of every batch; equal on all members at equal index.</summary>
    public ulong ChainHash { get; init; }

    /// <summary>Which alarms are raised anywhere in the cluster.</summary>
    public AlarmFlags Alarms { get; init; }
}
