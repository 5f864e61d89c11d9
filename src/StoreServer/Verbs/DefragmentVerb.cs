using Keelson.Rpc;
using Keelson.Rpc.Etcd;
using Keelson.StoreServer.Serving;

namespace Keelson.StoreServer.Verbs;

/// <summary>
/// Starts a pass of reclaim and answers at once: space is given back beside the requests, and nothing stops. As in etcd
/// the answer has no header.
/// </summary>
internal static class DefragmentVerb
{
    public static RpcResult<DefragmentResponse> Answer(ServedStore store)
    {
        store.Engine.StartReclaim();
        return new DefragmentResponse();
    }
}
