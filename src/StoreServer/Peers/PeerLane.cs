namespace Keelson.StoreServer.Peers;

/// <summary>
/// The two connections from one member to another, so that a heartbeat never waits behind megabytes (decision 20); the
/// values are on the wire.
/// </summary>
internal enum PeerLane
{
    /// <summary>Votes, heartbeats, reads, answers: small, and late is as good as lost.</summary>
    Urgent = 1,

    /// <summary>Appends and forwarded proposals, each kind in its order.</summary>
    Bulk = 2,
}
