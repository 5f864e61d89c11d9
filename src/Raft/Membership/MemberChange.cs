namespace Keelson.Raft.Membership;

/// <summary>One step of a change of the cluster.</summary>
public readonly record struct MemberChange(ChangeKind Kind, MemberId Member);
