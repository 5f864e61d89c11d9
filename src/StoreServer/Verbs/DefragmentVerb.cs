using Keelson.Rpc;
using Keelson.Rpc.Etcd;

namespace Keelson.StoreServer.Verbs;

/// <summary>
/// Space is given back all the time, in the background, without stopping anything: there is nothing to wait for. As in
/// etcd the answer has no header.
/// </summary>
internal static class DefragmentVerb
{
    public static RpcResult<DefragmentResponse> Answer() => new DefragmentResponse();
}
