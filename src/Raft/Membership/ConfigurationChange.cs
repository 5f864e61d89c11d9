namespace Keelson.Raft.Membership;

/// <summary>Makes the next configuration of the last one.</summary>
internal static class ConfigurationChange
{
    /// <summary>
    /// The configuration that begins the changes: joint when voters come or go, even one (the 2015 bug of single-server
    /// changes cannot happen then), else the final one.
    /// </summary>
    public static Configuration Begin(Configuration current, IReadOnlyList<MemberChange> changes)
    {
        Invariant.Require(!current.IsJoint);
        var voters = new SortedSet<MemberId>(current.Voters);
        var learners = new SortedSet<MemberId>(current.Learners);
        foreach (MemberChange change in changes)
        {
            voters.Remove(change.Member);
            learners.Remove(change.Member);
            if (change.Kind != ChangeKind.Remove)
            {
                (change.Kind == ChangeKind.AddVoter ? voters : learners).Add(change.Member);
            }
        }

        if (voters.SetEquals(current.Voters))
        {
            return new Configuration { Voters = [.. voters], Learners = [.. learners] };
        }

        // Nobody is voter and learner at once: who still votes in the old configuration waits.
        return new Configuration
        {
            Voters = [.. voters],
            Outgoing = current.Voters,
            Learners = [.. learners.Except(current.Voters)],
            LearnersNext = [.. learners.Intersect(current.Voters)],
        };
    }

    /// <summary>The configuration that ends a joint one.</summary>
    public static Configuration Leave(Configuration joint) => new()
    {
        Voters = joint.Voters,
        Learners = [.. joint.Learners.Concat(joint.LearnersNext).Order()],
    };
}
