using Keelson.Raft.Log;
using Keelson.Raft.Membership;

namespace Keelson.Raft.Messages;

/// <summary>One message between two members. Which parts mean something depends on the kind.</summary>
public sealed record Message
{
    public required MessageKind Kind { get; init; }

    public required MemberId From { get; init; }

    public required MemberId To { get; init; }

    /// <summary>The sender's term; of a pre-vote the one that it would begin.</summary>
    public required Term Term { get; init; }

    /// <summary>
    /// Append: the entry before the first one sent. Votes: the candidate's last entry. Snapshot: the last entry in it.
    /// </summary>
    public EntryId Previous { get; init; }

    /// <summary>Forward: one, of which only the payload means something.</summary>
    public IReadOnlyList<Entry> Entries { get; init; } = [];

    /// <summary>How far the sender knows the log to be committed.</summary>
    public LogIndex Commit { get; init; }

    /// <summary>
    /// AppendResponse: the last entry that agrees, or the one that did not. ReadIndexResponse: read here.
    /// </summary>
    public LogIndex Index { get; init; }

    public bool Rejected { get; init; }

    /// <summary>
    /// AppendResponse, rejected: where the sender's log may agree. ForwardRefused: the term of the proposal.
    /// </summary>
    public EntryId Hint { get; init; }

    /// <summary>
    /// Heartbeats: the leader's count of rounds, 0 when no answer is waited for. ReadIndex: the asker's token. Forward
    /// and its refusal: the number of the proposal.
    /// </summary>
    public long Round { get; init; }

    /// <summary>Forward and its refusal: the random number of the process that made the proposal, else 0.</summary>
    public ulong Incarnation { get; init; }

    /// <summary>Votes: leadership was handed over, so a leader that is still fresh is no reason to refuse.</summary>
    public bool Forced { get; init; }

    /// <summary>Snapshot: the cluster as of its last entry.</summary>
    public Configuration? Configuration { get; init; }
}
