namespace Keelson.Raft;

/// <summary>What a member is in its term.</summary>
public enum RaftRole
{
    Follower,

    /// <summary>Asks whether it could win before it disturbs anyone (dissertation, section 9.6).</summary>
    PreCandidate,
    Candidate,
    Leader,
}
