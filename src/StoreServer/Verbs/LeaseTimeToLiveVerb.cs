using Google.Protobuf;
using Keelson.Base.Identity;
using Keelson.Rpc;
using Keelson.Rpc.Etcd;
using Keelson.Store;
using Keelson.StoreServer.Serving;

namespace Keelson.StoreServer.Verbs;

/// <summary>What is left of a lease. One that is gone is no error: its TTL is -1.</summary>
internal static class LeaseTimeToLiveVerb
{
    private const long Gone = -1;
    private const long MillisecondsPerSecond = 1000;

    public static async ValueTask<RpcResult<LeaseTimeToLiveResponse>> AnswerAsync(
        ServedStore store, LeaseTimeToLiveRequest request)
    {
        StoreError error = await store.ReadAsync();
        if (error != StoreError.None)
        {
            return ErrorStatus.Of(error);
        }

        List<byte[]>? keys = request.Keys ? [] : null;
        var response = new LeaseTimeToLiveResponse { ID = request.ID, TTL = Gone };
        if (store.Engine.TryGetLease(new LeaseId(request.ID), keys, out Store.Host.LeaseStatus lease))
        {
            response.TTL = lease.RemainingMilliseconds / MillisecondsPerSecond;
            response.GrantedTTL = lease.GrantedSeconds;
            response.Keys.AddRange((keys ?? []).Select(key => ByteString.CopyFrom(key)));
        }

        response.Header = store.MessageHeader();
        return response;
    }
}
