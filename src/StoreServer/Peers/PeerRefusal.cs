namespace Keelson.StoreServer.Peers;

/// <summary>Why a connection of another member is refused; the values are on the wire.</summary>
internal enum PeerRefusal
{
    /// <summary>It is not.</summary>
    None = 0,

    /// <summary>The protocol's version is another one.</summary>
    Version = 1,

    /// <summary>It belongs to another cluster.</summary>
    Cluster = 2,

    /// <summary>It is meant for another member: the URL is wrong, or was given to somebody else.</summary>
    Receiver = 3,

    /// <summary>It has this member's own id, or none.</summary>
    Sender = 4,

    /// <summary>There is no such lane.</summary>
    Lane = 5,
}
