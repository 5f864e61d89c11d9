using Keelson.Rpc;
using Keelson.Rpc.Server;
using Keelson.Store;
using Keelson.Store.Mvcc;
using Keelson.Store.Requests;
using Keelson.StoreServer.Serving;

namespace Keelson.StoreServer.Verbs;

internal sealed class LeaseRevokeVerb(ServedStore store) : IUnaryHandler
{
    public ValueTask<RpcStatus> HandleAsync(
        RpcCall call, ReadOnlyMemory<byte> request, IBufferWriter<byte> response) =>
        LeaseRequest.TryParseId(request.Span, out _)
            ? store.ProposeAsync(call, RequestKind.LeaseRevoke, request, response)
            : new ValueTask<RpcStatus>(ErrorStatus.Of(StoreError.Malformed));
}
