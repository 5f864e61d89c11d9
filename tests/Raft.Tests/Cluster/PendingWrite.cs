using Keelson.Raft.Log;

namespace Keelson.Raft.Tests.Cluster;

/// <summary>What a member's disk was given and has not finished.</summary>
internal sealed record PendingWrite(
    long Number, StateImage? Installed, HardState? HardState, IReadOnlyList<Entry> Entries);
