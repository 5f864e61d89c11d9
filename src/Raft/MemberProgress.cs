using Keelson.Raft.Replication;

namespace Keelson.Raft;

/// <summary>What a leader knows of one member.</summary>
/// <param name="Member">The member.</param>
/// <param name="Match">It holds everything up to here, durably.</param>
/// <param name="Next">The next entry that it is sent.</param>
/// <param name="State">How it is sent to.</param>
/// <param name="RecentlyActive">It was heard of since the last check of the quorum.</param>
public sealed record MemberProgress(
    MemberId Member, LogIndex Match, LogIndex Next, ProgressState State, bool RecentlyActive);
