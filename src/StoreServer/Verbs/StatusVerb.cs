using Keelson.Rpc;
using Keelson.Rpc.Etcd;
using Keelson.Store.Mvcc;
using Keelson.StoreServer.Replication;
using Keelson.StoreServer.Serving;

namespace Keelson.StoreServer.Verbs;

/// <summary>How this member is.</summary>
internal static class StatusVerb
{
    /// <summary>etcd's file is never empty, so clients divide by its size.</summary>
    private const long SizeMin = 4096;

    public static RpcResult<StatusResponse> Answer(ServedStore store)
    {
        StoreState state = store.Engine.State;
        ReplicaStatus replica = store.Replica.Status;
        var response = new StatusResponse
        {
            Header = store.MessageHeader(),
            Version = ServedVersion.Server,
            DbSize = Math.Max(store.Engine.BytesOnDisk, SizeMin),
            DbSizeInUse = Math.Max(store.Engine.BytesInUse, SizeMin),
            Leader = replica.Leader.Value,
            // A look at the state between the two would make the applied index the later one.
            RaftIndex = (ulong)Math.Max(store.Replica.Committed.Value, state.AppliedIndex.Value),
            RaftAppliedIndex = (ulong)state.AppliedIndex.Value,
            RaftTerm = (ulong)replica.Term.Value,
            IsLearner = replica.Configuration.Learners.Contains(store.Identity.Member),
            StorageVersion = ServedVersion.Storage,
            DbSizeQuota = store.Options.EffectiveQuotaBytes,
            DowngradeInfo = new DowngradeInfo(),
        };
        if (replica.Leader.Value == 0)
        {
            response.Errors.Add("etcdserver: no leader");
        }

        // etcd prints its alarm messages with Go's protobuf text format, which ends in a space.
        response.Errors.AddRange(store.ReadAlarms().Select(alarm =>
            $"memberID:{alarm.MemberID} alarm:{(alarm.Alarm == AlarmType.Nospace ? "NOSPACE" : "CORRUPT")} "));
        return response;
    }
}
