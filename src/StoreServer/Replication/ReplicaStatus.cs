using Keelson.Base.Identity;
using Keelson.Raft;
using Keelson.Raft.Membership;

namespace Keelson.StoreServer.Replication;

/// <summary>What a member knows of its cluster, as of a moment ago.</summary>
/// <param name="Role">What it is.</param>
/// <param name="Term">In which term.</param>
/// <param name="Leader">Who leads it, 0 while it is not known.</param>
/// <param name="Configuration">Who decides.</param>
internal sealed record ReplicaStatus(RaftRole Role, Term Term, MemberId Leader, Configuration Configuration)
{
    /// <summary>It leads, and needs nobody to commit.</summary>
    public required bool IsAlone { get; init; }
}
