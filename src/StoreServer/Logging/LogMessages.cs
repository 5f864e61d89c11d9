using Microsoft.Extensions.Logging;

namespace Keelson.StoreServer.Logging;

/// <summary>
/// Everything that the server logs. Templates hold no values: they become msg, and the parameters the facts behind it.
/// Where etcd has the message its text is kept, because people and test suites search for it.
/// </summary>
internal static partial class LogMessages
{
    [LoggerMessage(1, LogLevel.Warning, "option")]
    public static partial void OptionWarning(this ILogger logger, string warning);

    [LoggerMessage(2, LogLevel.Information, "starting an etcd server")]
    public static partial void Starting(
        this ILogger logger, string etcdVersion, string keelsonVersion, string name, string dataDir);

    [LoggerMessage(3, LogLevel.Information, "opened the store")]
    public static partial void Opened(this ILogger logger, string dataDir, long currentRev, TimeSpan took);

    [LoggerMessage(4, LogLevel.Information, "starting local member")]
    public static partial void LocalMember(this ILogger logger, string localMemberId, string clusterId);

    [LoggerMessage(5, LogLevel.Information, "serving client traffic insecurely; this is strongly discouraged!")]
    public static partial void ServingInsecurely(this ILogger logger, string address);

    [LoggerMessage(6, LogLevel.Information, "serving metrics")]
    public static partial void ServingMetrics(this ILogger logger, string address);

    [LoggerMessage(7, LogLevel.Information, "ready to serve client requests")]
    public static partial void Ready(this ILogger logger, string localMemberId, IEnumerable<string> addresses);

    [LoggerMessage(8, LogLevel.Information, "received signal; shutting down")]
    public static partial void Stopping(this ILogger logger, string signal);

    [LoggerMessage(9, LogLevel.Information, "closed etcd server")]
    public static partial void Closed(this ILogger logger, string name, string dataDir);

    [LoggerMessage(10, LogLevel.Critical, "cannot start")]
    public static partial void CannotStart(this ILogger logger, string reason);

    [LoggerMessage(11, LogLevel.Error, "a handler failed: this is a bug")]
    public static partial void HandlerFaulted(this ILogger logger, string method, Exception exception);

    [LoggerMessage(12, LogLevel.Warning, "request took too long")]
    public static partial void SlowRequest(this ILogger logger, string method, string code, TimeSpan took);

    [LoggerMessage(13, LogLevel.Warning, "alarm raised")]
    public static partial void AlarmRaised(
        this ILogger logger, string alarm, long usedBytes, long quotaBytes, long diskRoomBytes);

    [LoggerMessage(14, LogLevel.Critical, "the store failed; stopping")]
    public static partial void StoreFailed(this ILogger logger, Exception exception);

    [LoggerMessage(15, LogLevel.Warning, "serving /health false")]
    public static partial void Unhealthy(this ILogger logger, string check, string reason);

    [LoggerMessage(16, LogLevel.Information, "finished auto revision compaction")]
    public static partial void AutoCompacted(this ILogger logger, long revision);

    [LoggerMessage(17, LogLevel.Warning, "as many connections as may be are open; new ones wait")]
    public static partial void ConnectionsFull(this ILogger logger, int max);

    [LoggerMessage(18, LogLevel.Warning, "cannot accept connections; trying again")]
    public static partial void AcceptFailed(this ILogger logger, string reason);

    [LoggerMessage(70, LogLevel.Information, "raft status changed")]
    public static partial void RaftStatus(
        this ILogger logger, string localMemberId, string role, long term, string leader);

    [LoggerMessage(73, LogLevel.Information, "leadership transfer at the stop")]
    public static partial void HandedOver(
        this ILogger logger, string localMemberId, string newLeader, bool finished);

    [LoggerMessage(71, LogLevel.Warning, "failed to publish local member to cluster through raft; trying again")]
    public static partial void PublishFailed(this ILogger logger, string localMemberId, string reason);

    [LoggerMessage(72, LogLevel.Error, "cannot listen for other members")]
    public static partial void CannotListenToPeers(this ILogger logger, string reason);

    [LoggerMessage(40, LogLevel.Information, "established TCP streaming connection with remote peer")]
    public static partial void EstablishedStream(
        this ILogger logger, string streamType, string localMemberId, string remotePeerId);

    [LoggerMessage(41, LogLevel.Warning, "lost TCP streaming connection with remote peer")]
    public static partial void LostStream(
        this ILogger logger, string streamType, string localMemberId, string remotePeerId, string error);

    [LoggerMessage(42, LogLevel.Information, "closed TCP streaming connection with remote peer")]
    public static partial void ClosedStream(
        this ILogger logger, string streamType, string localMemberId, string remotePeerId);

    [LoggerMessage(43, LogLevel.Information, "peer became active")]
    public static partial void PeerActive(this ILogger logger, string peerId);

    [LoggerMessage(44, LogLevel.Warning, "peer became inactive (message send to peer failed)")]
    public static partial void PeerInactive(this ILogger logger, string peerId, string error);

    [LoggerMessage(45, LogLevel.Information, "started remote peer")]
    public static partial void StartedPeer(this ILogger logger, string remotePeerId);

    [LoggerMessage(46, LogLevel.Information, "stopped remote peer")]
    public static partial void StoppedPeer(this ILogger logger, string remotePeerId);

    [LoggerMessage(47, LogLevel.Warning, "request sent was ignored by remote peer due to cluster ID mismatch")]
    public static partial void RefusedForCluster(
        this ILogger logger, string remotePeerId, string remotePeerClusterId, string localMemberClusterId);

    [LoggerMessage(
        48, LogLevel.Warning, "request sent was ignored by remote peer due to server version incompatibility")]
    public static partial void RefusedForVersion(
        this ILogger logger, string remotePeerId, int remotePeerVersion, int localVersion);

    [LoggerMessage(49, LogLevel.Warning, "request sent was ignored by remote peer; ID mismatch")]
    public static partial void RefusedForMember(
        this ILogger logger, string remotePeerId, string answeringPeerId, string reason);

    [LoggerMessage(50, LogLevel.Warning, "request cluster ID mismatch")]
    public static partial void RejectedCluster(
        this ILogger logger,
        string localMemberId,
        string localMemberClusterId,
        string remotePeerId,
        string remotePeerClusterId);

    [LoggerMessage(51, LogLevel.Warning, "ignored streaming request; ID mismatch")]
    public static partial void RejectedStream(
        this ILogger logger, string localMemberId, string remotePeerId, string requestedPeerId, string reason);

    [LoggerMessage(52, LogLevel.Warning, "rejected connection on peer endpoint")]
    public static partial void RejectedPeerConnection(this ILogger logger, string localMemberId, string error);

    [LoggerMessage(53, LogLevel.Warning, "dropped messages of remote peer")]
    public static partial void DroppedMessage(
        this ILogger logger, string localMemberId, string remotePeerId, string reason);

    [LoggerMessage(54, LogLevel.Warning, "as many connections of peers as may be are open; rejecting new ones")]
    public static partial void TooManyPeerConnections(this ILogger logger, int max);
}
