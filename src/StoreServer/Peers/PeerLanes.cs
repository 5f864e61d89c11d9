using Keelson.Raft.Messages;

namespace Keelson.StoreServer.Peers;

/// <summary>Which messages take which lane: by kind and never by size, so that a kind keeps its order.</summary>
internal static class PeerLanes
{
    public const int Count = 2;

    /// <summary>
    /// An append without entries must not overtake those with: the receiver would not hold what it follows. Forwarded
    /// proposals are as large, and a leader remembers only so many numbers of a process (docs/raft.md, Forwarding).
    /// </summary>
    public static PeerLane Of(MessageKind kind) => kind is MessageKind.Append or MessageKind.Snapshot
        or MessageKind.Forward
        ? PeerLane.Bulk
        : PeerLane.Urgent;

    /// <summary>etcd's names of its two streams, which do the same (etcd 3.5, rafthttp/stream.go).</summary>
    public static string NameOf(PeerLane lane) => lane == PeerLane.Bulk ? "stream MsgApp v2" : "stream Message";
}
