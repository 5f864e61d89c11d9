using Keelson.Raft.Log;
using Keelson.Raft.Membership;

namespace Keelson.Raft;

/// <summary>A state that came from another member: its last entry and the cluster as of then.</summary>
public sealed record SnapshotPoint(EntryId Last, Configuration Configuration);
