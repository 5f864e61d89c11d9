namespace Keelson.Raft.Membership;

/// <summary>
/// Who decides and who only follows. A change of voters goes through a joint configuration in which both sets must
/// agree (Raft, section 6). Ids are in ascending order.
/// </summary>
public sealed record Configuration
{
    public static Configuration Empty { get; } = new();

    /// <summary>The voters; in a joint configuration those of the new one.</summary>
    public IReadOnlyList<MemberId> Voters { get; init; } = [];

    /// <summary>The voters of the old configuration while it is joint, otherwise none.</summary>
    public IReadOnlyList<MemberId> Outgoing { get; init; } = [];

    /// <summary>They receive the log and decide nothing; none of them is a voter.</summary>
    public IReadOnlyList<MemberId> Learners { get; init; } = [];

    /// <summary>Outgoing voters that become learners when the old configuration is left.</summary>
    public IReadOnlyList<MemberId> LearnersNext { get; init; } = [];

    public bool IsJoint => Outgoing.Count > 0;

    /// <summary>Everyone, in ascending order.</summary>
    public IEnumerable<MemberId> Members => Voters.Concat(Outgoing).Concat(Learners).Distinct().Order();

    public static Configuration Of(params IEnumerable<MemberId> voters) => new() { Voters = [.. voters.Order()] };

    /// <summary>True when this member needs nobody to commit.</summary>
    public bool IsAlone(MemberId member) => !IsJoint && Voters.Count == 1 && Voters[0] == member;

    public bool IsVoter(MemberId member) => Voters.Contains(member) || Outgoing.Contains(member);

    public bool Contains(MemberId member) => IsVoter(member) || Learners.Contains(member);

    /// <summary>The highest index that a majority of each set has reached.</summary>
    public LogIndex Agreed(Func<MemberId, LogIndex> reached)
    {
        LogIndex index = Agreed(Voters, reached);
        if (IsJoint)
        {
            LogIndex outgoing = Agreed(Outgoing, reached);
            index = outgoing < index ? outgoing : index;
        }

        return index;
    }

    /// <summary>
    /// True when a majority of each set says yes, false when a majority of one cannot any more, null while it is open.
    /// </summary>
    public bool? Decide(Func<MemberId, bool?> vote)
    {
        bool? incoming = Decide(Voters, vote);
        bool? outgoing = IsJoint ? Decide(Outgoing, vote) : true;
        return incoming == false || outgoing == false ? false : incoming & outgoing;
    }

    public bool Equals(Configuration? other) => other is not null
        && Voters.SequenceEqual(other.Voters)
        && Outgoing.SequenceEqual(other.Outgoing)
        && Learners.SequenceEqual(other.Learners)
        && LearnersNext.SequenceEqual(other.LearnersNext);

    public override int GetHashCode() => Voters.Count + (16 * Outgoing.Count) + (256 * Learners.Count);

    public override string ToString() =>
        $"({string.Join(' ', Voters)})"
        + (IsJoint ? $"&({string.Join(' ', Outgoing)})" : "")
        + (Learners.Count > 0 ? $" learners ({string.Join(' ', Learners)})" : "")
        + (LearnersNext.Count > 0 ? $" next ({string.Join(' ', LearnersNext)})" : "");

    private static LogIndex Agreed(IReadOnlyList<MemberId> voters, Func<MemberId, LogIndex> reached)
    {
        var indexes = new LogIndex[voters.Count];
        for (int position = 0; position < indexes.Length; position++)
        {
            indexes[position] = reached(voters[position]);
        }

        Array.Sort(indexes);
        return indexes.Length == 0 ? default : indexes[(indexes.Length - 1) / 2];
    }

    private static bool? Decide(IReadOnlyList<MemberId> voters, Func<MemberId, bool?> vote)
    {
        int yes = voters.Count(voter => vote(voter) == true);
        int no = voters.Count(voter => vote(voter) == false);
        int majority = (voters.Count / 2) + 1;
        return yes >= majority ? true : voters.Count - no < majority ? false : null;
    }
}
