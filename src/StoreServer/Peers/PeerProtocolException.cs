namespace Keelson.StoreServer.Peers;

/// <summary>What the other side sent is not the protocol of members: ends the connection.</summary>
internal sealed class PeerProtocolException(string message) : Exception(message);
