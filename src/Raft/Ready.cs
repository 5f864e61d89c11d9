using Keelson.Raft.Log;
using Keelson.Raft.Messages;

namespace Keelson.Raft;

/// <summary>What the host has to do now. Everything here is handed out once.</summary>
/// <remarks>
/// The host makes <see cref="Snapshot"/>, <see cref="HardState"/> and <see cref="Entries"/> durable in this order, as
/// one write after all earlier ones, and then calls <see cref="RaftCore.Persisted"/> with <see cref="Write"/>. It need
/// not wait for that before it sends <see cref="Messages"/>: what has to wait comes with a later one.
/// </remarks>
public sealed record Ready
{
    /// <summary>The number of the write; 0 when there is nothing to make durable.</summary>
    public long Write { get; init; }

    /// <summary>A state to install, all or nothing, before the entries.</summary>
    public SnapshotPoint? Snapshot { get; init; }

    public HardState? HardState { get; init; }

    /// <summary>They replace everything in the log from the first one's index on.</summary>
    public IReadOnlyList<Entry> Entries { get; init; } = [];

    public IReadOnlyList<Message> Messages { get; init; } = [];

    /// <summary>To be applied in order; durable here.</summary>
    public IReadOnlyList<Entry> Committed { get; init; } = [];

    public IReadOnlyList<ReadPermit> Reads { get; init; } = [];

    /// <summary>
    /// What other members forwarded to this leader: each is proposed in its own term, once, or refused
    /// (<see cref="RaftCore.RefuseForwarded"/>).
    /// </summary>
    public IReadOnlyList<ForwardedProposal> Forwarded { get; init; } = [];

    /// <summary>What was forwarded from here, or by an earlier process of this member, and will never happen.</summary>
    public IReadOnlyList<RefusedProposal> Refused { get; init; } = [];
}
