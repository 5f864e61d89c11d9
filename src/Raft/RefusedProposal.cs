namespace Keelson.Raft;

/// <summary>A forwarded proposal that will never happen. The same may be said twice.</summary>
/// <param name="Incarnation">The process that made it, perhaps an earlier one of this member.</param>
/// <param name="Number">That process' number for it.</param>
/// <param name="Term">The term in which it was made.</param>
public readonly record struct RefusedProposal(ulong Incarnation, long Number, Term Term);
