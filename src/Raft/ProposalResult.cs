namespace Keelson.Raft;

/// <summary>
/// What became of a proposal. All but <see cref="Appended"/> and <see cref="Forwarded"/> are definite: it will never
/// happen.
/// </summary>
public enum ProposalResult
{
    /// <summary>In the leader's log; whether it commits shows when it is handed out, or never.</summary>
    Appended,

    /// <summary>
    /// On its way to the leader. It is refused, or handed out when it commits, or nothing more is heard of it.
    /// </summary>
    Forwarded,

    NotLeader,

    /// <summary>It was made in a term that is over.</summary>
    TermIsOver,

    /// <summary>Leadership is being handed over.</summary>
    Transferring,

    /// <summary>Too much waits to be committed.</summary>
    TooMuch,

    /// <summary>A change of the cluster is under way, or the leader has not committed in its term yet.</summary>
    ConfigurationPending,

    /// <summary>No voter would be left, or nothing would change.</summary>
    ConfigurationInvalid,
}
