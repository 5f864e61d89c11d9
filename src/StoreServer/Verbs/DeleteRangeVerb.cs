using Keelson.Rpc;
using Keelson.Rpc.Etcd;
using Keelson.Rpc.Server;
using Keelson.Store;
using Keelson.Store.Mvcc;
using Keelson.Store.Requests;
using Keelson.StoreServer.Serving;

namespace Keelson.StoreServer.Verbs;

internal sealed class DeleteRangeVerb(ServedStore store, ReadGates gates) : IUnaryHandler
{
    public ValueTask<RpcStatus> HandleAsync(
        RpcCall call, ReadOnlyMemory<byte> request, IBufferWriter<byte> response)
    {
        StoreError error = RequestValidator.CheckDeleteRange(request.Span);
        if (error != StoreError.None)
        {
            return new ValueTask<RpcStatus>(ErrorStatus.Of(error));
        }

        return ReadGates.IsWide(AskedKeys.Of(Store.Requests.DeleteRangeRequest.Parse(request.Span)))
            ? ProposeWideAsync(call, request, response)
            : store.ProposeAsync(call, RequestKind.DeleteRange, request, response);
    }

    /// <summary>What it deletes comes back: such an answer is admitted as a list is.</summary>
    private async ValueTask<RpcStatus> ProposeWideAsync(
        RpcCall call, ReadOnlyMemory<byte> request, IBufferWriter<byte> response)
    {
        try
        {
            AnswerSize size =
                store.Engine.Readers.Measure(Store.Requests.DeleteRangeRequest.Parse(request.Span));
            using IDisposable? turn = await gates.EnterWideAsync(size, call.CancellationToken);
            return turn is null
                ? EtcdErrors.TooManyRequests
                : await store.ProposeAsync(call, RequestKind.DeleteRange, request, response);
        }
        catch (StoreException exception)
        {
            return ErrorStatus.Of(exception.Error);
        }
    }
}
