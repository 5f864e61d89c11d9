namespace Keelson.Raft.Messages;

/// <summary>What members say to each other; the values are on the wire.</summary>
public enum MessageKind
{
    /// <summary>No message.</summary>
    None = 0,

    /// <summary>Would you vote for me? Changes nothing at the receiver (Raft dissertation, section 9.6).</summary>
    PreVote = 1,
    PreVoteResponse = 2,
    Vote = 3,
    VoteResponse = 4,

    /// <summary>Entries behind <see cref="Message.Previous"/>, and how far the log is committed.</summary>
    Append = 5,
    AppendResponse = 6,

    /// <summary>I lead; <see cref="Message.Round"/> asks for an answer that names it.</summary>
    Heartbeat = 7,
    HeartbeatResponse = 8,

    /// <summary>The receiver needs entries that are gone: the state comes on a stream of its own.</summary>
    Snapshot = 9,

    /// <summary>Campaign now: leadership is handed over (dissertation, section 3.10).</summary>
    TimeoutNow = 10,

    /// <summary>A member asks its leader how far to apply before it may read (section 6.4).</summary>
    ReadIndex = 11,
    ReadIndexResponse = 12,

    /// <summary>A proposal for the leader of the term, numbered by the process that makes it.</summary>
    Forward = 13,

    /// <summary>The proposal of that number will never happen.</summary>
    ForwardRefused = 14,
}
