namespace Keelson.Raft.Membership;

/// <summary>What happens to one member.</summary>
public enum ChangeKind
{
    /// <summary>It becomes a voter, whatever it was.</summary>
    AddVoter,

    /// <summary>It becomes a learner, whatever it was.</summary>
    AddLearner,

    Remove,
}
