using Keelson.Raft.Messages;

namespace Keelson.StoreServer.Peers;

/// <summary>The way to the other members; every call returns at once, from any thread.</summary>
internal interface IPeerTransport
{
    /// <summary>
    /// To <see cref="Message.To"/>. Dropped when it cannot be reached or its queue is full, which is reported once per
    /// outage (<see cref="IPeerEvents.Unreachable"/>).
    /// </summary>
    void Send(Message message);

    /// <summary>Everyone but this member.</summary>
    void SetPeers(IReadOnlyList<Peer> peers);
}
