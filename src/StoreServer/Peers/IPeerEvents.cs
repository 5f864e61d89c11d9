using Keelson.Base.Identity;
using Keelson.Raft.Messages;

namespace Keelson.StoreServer.Peers;

/// <summary>What comes from the other members; called from I/O threads.</summary>
internal interface IPeerEvents
{
    /// <summary>
    /// From a member of this cluster to this one. While the call lasts nothing more is read from that connection.
    /// </summary>
    void Received(Message message);

    /// <summary>What was sent to the member last may be lost; said once per outage.</summary>
    void Unreachable(MemberId member);
}
