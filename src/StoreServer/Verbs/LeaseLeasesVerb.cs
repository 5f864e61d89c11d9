using Keelson.Rpc;
using Keelson.Rpc.Etcd;
using Keelson.StoreServer.Serving;

namespace Keelson.StoreServer.Verbs;

/// <summary>All leases, the one that ends first being first.</summary>
internal static class LeaseLeasesVerb
{
    public static RpcResult<LeaseLeasesResponse> Answer(ServedStore store)
    {
        var response = new LeaseLeasesResponse();
        response.Leases.AddRange(store.Engine.ListLeases().Select(id => new LeaseStatus { ID = id.Value }));
        response.Header = store.MessageHeader();
        return response;
    }
}
