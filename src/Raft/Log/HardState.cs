namespace Keelson.Raft.Log;

/// <summary>What a member must never forget (Raft, figure 2): durable before any vote is answered.</summary>
public readonly record struct HardState(Term Term, MemberId Vote);
