using Keelson.Rpc;
using Keelson.Rpc.Etcd;
using Keelson.Store.Mvcc;
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
        var response = new StatusResponse
        {
            Header = store.MessageHeader(),
            Version = ServedVersion.Server,
            DbSize = Math.Max(store.Engine.BytesOnDisk, SizeMin),
            DbSizeInUse = Math.Max(store.Engine.BytesInUse, SizeMin),
            Leader = store.Identity.Member.Value,
            RaftIndex = (ulong)state.AppliedIndex.Value,
            RaftAppliedIndex = (ulong)state.AppliedIndex.Value,
            RaftTerm = (ulong)state.AppliedTerm.Value,
            StorageVersion = ServedVersion.Storage,
            DbSizeQuota = store.Options.EffectiveQuotaBytes,
            DowngradeInfo = new DowngradeInfo(),
        };
        // etcd prints its alarm messages with Go's protobuf text format, which ends in a space.
        response.Errors.AddRange(store.ReadAlarms().Select(alarm =>
            $"memberID:{alarm.MemberID} alarm:{(alarm.Alarm == AlarmType.Nospace ? "NOSPACE" : "CORRUPT")} "));
        return response;
    }
}
