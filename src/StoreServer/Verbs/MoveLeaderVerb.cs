using Keelson.Base.Identity;
using Keelson.Raft;
using Keelson.Rpc;
using Keelson.Rpc.Etcd;
using Keelson.StoreServer.Replication;
using Keelson.StoreServer.Serving;

namespace Keelson.StoreServer.Verbs;

/// <summary>
/// Hands leadership to another voter: asked of the leader, answered when it leads no longer (etcd 3.5, v3_server.go:
/// MoveLeader; server.go: moveLeader).
/// </summary>
internal static class MoveLeaderVerb
{
    public static async ValueTask<RpcResult<MoveLeaderResponse>> AnswerAsync(
        ServedStore store, MoveLeaderRequest request)
    {
        ReplicaStatus status = store.Replica.Status;
        if (status.Role != RaftRole.Leader)
        {
            return EtcdErrors.NotLeader;
        }

        var target = new MemberId(request.TargetID);
        if (!status.Configuration.Voters.Contains(target))
        {
            return EtcdErrors.BadLeaderTransferee;
        }

        bool moved = target == store.Identity.Member || await store.Replica.HandOverAsync(target, TimeProvider.System);
        return moved
            ? new MoveLeaderResponse { Header = store.MessageHeader() }
            : EtcdErrors.LeaderTransferTimedOut;
    }
}
