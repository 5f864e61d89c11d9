using Keelson.Rpc;
using Keelson.Rpc.Server;
using Keelson.Store;
using Keelson.Store.Mvcc;
using Keelson.StoreServer.Serving;

namespace Keelson.StoreServer.Verbs;

/// <summary>
/// Forgets history. What is compacted is unreadable as soon as this answers, physical or not: removing the bytes goes
/// on beside the requests and nothing that a client can ask for depends on it.
/// </summary>
internal sealed class CompactVerb(ServedStore store) : IUnaryHandler
{
    public ValueTask<RpcStatus> HandleAsync(
        RpcCall call, ReadOnlyMemory<byte> request, IBufferWriter<byte> response)
    {
        return Keelson.Store.Requests.CompactionRequest.TryParse(request.Span, out _)
            ? store.ProposeAsync(RequestKind.Compact, request, response)
            : new ValueTask<RpcStatus>(ErrorStatus.Of(StoreError.Malformed));
    }
}
