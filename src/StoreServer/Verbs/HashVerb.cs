using Keelson.Rpc;
using Keelson.Rpc.Etcd;
using Keelson.Store.Mvcc;
using Keelson.StoreServer.Serving;

namespace Keelson.StoreServer.Verbs;

/// <summary>
/// A hash over everything replicated: the lower half of the chain over every outcome so far. Unlike etcd's it is kept,
/// not computed, and only comparable between members of one cluster, as etcd's is between files of one layout.
/// </summary>
internal static class HashVerb
{
    public static RpcResult<HashResponse> Answer(ServedStore store)
    {
        StoreState state = store.Engine.State;
        return new HashResponse { Header = store.MessageHeader(), Hash = (uint)(state.ChainHash & uint.MaxValue) };
    }
}
