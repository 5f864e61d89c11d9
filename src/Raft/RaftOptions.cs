namespace Keelson.Raft;

/// <summary>
/// Times in ticks and limits of one member. Pre-vote and check-quorum are always on: either alone can livelock.
/// </summary>
public sealed record RaftOptions
{
    public required MemberId Self { get; init; }

    /// <summary>
    /// A follower that hears nothing for this long campaigns, or up to twice as long, drawn anew each time.
    /// </summary>
    public int ElectionTicks { get; init; } = 10;

    public int HeartbeatTicks { get; init; } = 1;

    /// <summary>
    /// Added to the election time: members that should lead only when nobody else does. Never a matter of safety.
    /// </summary>
    public int ReluctanceTicks { get; init; }

    /// <summary>Entries in one append, in bytes; a larger entry travels alone.</summary>
    public int AppendBytesMax { get; init; } = 1 << 20;

    /// <summary>Appends to one member that it has not answered.</summary>
    public int AppendsInFlightMax { get; init; } = 256;

    public long AppendBytesInFlightMax { get; init; } = 16L << 20;

    /// <summary>Entries handed out for applying at once, in bytes; at least one.</summary>
    public int CommittedBytesMax { get; init; } = 4 << 20;

    /// <summary>A leader takes no proposal while so many bytes are not committed.</summary>
    public long UncommittedBytesMax { get; init; } = 64L << 20;

    /// <summary>
    /// Durable entries stay in memory up to so many bytes, for members that are a little behind. A host may change it
    /// (<see cref="RaftCore.WindowBytesMax"/>).
    /// </summary>
    public long WindowBytesMax { get; init; } = 32L << 20;

    /// <summary>The same for those that were not handed out yet: they are wanted next.</summary>
    public long BacklogBytesMax { get; init; } = 64L << 20;

    /// <summary>What others forward and the host has not taken, in bytes; what is too much is refused.</summary>
    public long ForwardedBytesMax { get; init; } = 16L << 20;

    /// <summary>
    /// Processes whose proposals a leader takes in one term, those that have ended included; others are refused.
    /// </summary>
    public int ForwardersMax { get; init; } = 1024;

    public void Check()
    {
        Invariant.Require(Self.Value != 0);
        Invariant.Require(HeartbeatTicks > 0 && ElectionTicks > HeartbeatTicks && ReluctanceTicks >= 0);
        Invariant.Require(AppendBytesMax > 0 && AppendsInFlightMax > 0 && AppendBytesInFlightMax > 0);
        Invariant.Require(CommittedBytesMax > 0 && UncommittedBytesMax > 0);
        Invariant.Require(WindowBytesMax >= 0 && BacklogBytesMax >= 0);
        Invariant.Require(ForwardedBytesMax > 0 && ForwardersMax > 0);
    }
}
