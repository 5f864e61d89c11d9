namespace Keelson.Raft;

/// <summary>
/// A read may be answered from a state that has applied <paramref name="Index"/>; null when leadership was lost and it
/// must be asked again.
/// </summary>
/// <param name="Token">The host's name for the read.</param>
/// <param name="Index">How far to apply first.</param>
public readonly record struct ReadPermit(long Token, LogIndex? Index);
