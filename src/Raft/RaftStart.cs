using Keelson.Raft.Log;
using Keelson.Raft.Membership;

namespace Keelson.Raft;

/// <summary>What a member knows when it begins or begins again.</summary>
/// <param name="HardState">Its last term and vote.</param>
/// <param name="Base">What its log begins behind.</param>
/// <param name="Configuration">The cluster as of <paramref name="Base"/>.</param>
/// <param name="Applied">The last entry that its durable state holds, at or behind <paramref name="Base"/>.</param>
/// <param name="Tail">The durable entries behind <paramref name="Base"/>, in order.</param>
public sealed record RaftStart(
    HardState HardState, EntryId Base, Configuration Configuration, LogIndex Applied, IEnumerable<Entry> Tail);
