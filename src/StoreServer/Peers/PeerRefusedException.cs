namespace Keelson.StoreServer.Peers;

/// <summary>The other side does not want this connection, or is somebody else.</summary>
internal sealed class PeerRefusedException(PeerAnswer answer)
    : Exception($"refused ({answer.Refusal}) by member {answer.Member} of cluster {answer.Cluster}")
{
    public PeerAnswer Answer { get; } = answer;
}
