using Keelson.Base.Identity;

namespace Keelson.Rpc.Etcd;

/// <summary>
/// Events in revision order. A batch without events and without an end is progress: everything up to the header's
/// revision has been reported. The first batch says that the watch stands.
/// </summary>
public sealed record WatchBatch(AnswerHeader Header, IReadOnlyList<WatchEvent> Events)
{
    /// <summary>Set on the last batch only: why nothing follows.</summary>
    public RpcStatus? End { get; init; }

    /// <summary>With <see cref="EtcdErrors.Compacted"/>: the oldest revision that can still be watched from.</summary>
    public Revision CompactRevision { get; init; }
}
