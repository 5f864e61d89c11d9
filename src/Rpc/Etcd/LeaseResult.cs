using Keelson.Base.Identity;

namespace Keelson.Rpc.Etcd;

/// <param name="Header">As with every answer.</param>
/// <param name="Lease">The lease, chosen by the server when none was named.</param>
/// <param name="TtlSeconds">What is left; 0 (keep-alive) or −1 (time to live) when the lease is gone.</param>
public sealed record LeaseResult(AnswerHeader Header, LeaseId Lease, long TtlSeconds)
{
    /// <summary>What was granted; set by time to live.</summary>
    public long GrantedTtlSeconds { get; init; }

    /// <summary>Attached keys; set by time to live when asked for.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Keys { get; init; } = [];
}
