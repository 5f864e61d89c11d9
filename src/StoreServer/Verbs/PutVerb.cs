using Keelson.Rpc;
using Keelson.Rpc.Server;
using Keelson.Store;
using Keelson.Store.Mvcc;
using Keelson.Store.Requests;
using Keelson.StoreServer.Serving;

namespace Keelson.StoreServer.Verbs;

internal sealed class PutVerb(ServedStore store) : IUnaryHandler
{
    public ValueTask<RpcStatus> HandleAsync(
        RpcCall call, ReadOnlyMemory<byte> request, IBufferWriter<byte> response)
    {
        StoreError error = RequestValidator.CheckPut(request.Span);
        return error == StoreError.None
            ? store.ProposeAsync(call, RequestKind.Put, request, response)
            : new ValueTask<RpcStatus>(ErrorStatus.Of(error));
    }
}
