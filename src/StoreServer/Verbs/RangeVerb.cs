using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Rpc;
using Keelson.Rpc.Etcd;
using Keelson.Rpc.Server;
using Keelson.Store;
using Keelson.StoreServer.Metrics;
using Keelson.StoreServer.Serving;

namespace Keelson.StoreServer.Verbs;

/// <summary>
/// Reads keys. With one member the published root holds every acknowledged write, so linearizable and serializable
/// reads are the same.
/// </summary>
internal sealed class RangeVerb(ServedStore store, StoreMetrics metrics, WideReadGate gate) : IUnaryHandler
{
    public ValueTask<RpcStatus> HandleAsync(
        RpcCall call, ReadOnlyMemory<byte> request, IBufferWriter<byte> response)
    {
        if (!Store.Requests.RangeRequest.TryParse(request.Span, out Store.Requests.RangeRequest range))
        {
            return new ValueTask<RpcStatus>(RpcStatus.MalformedRequest);
        }

        StoreError error = Store.Requests.RequestValidator.CheckRange(range);
        error = error == StoreError.None ? store.CheckReadable() : error;
        if (error != StoreError.None)
        {
            return new ValueTask<RpcStatus>(ErrorStatus.Of(error));
        }

        return WideReadGate.IsWide(range)
            ? ReadWideAsync(call, request, response)
            : new ValueTask<RpcStatus>(Read(range, response));
    }

    private async ValueTask<RpcStatus> ReadWideAsync(
        RpcCall call, ReadOnlyMemory<byte> request, IBufferWriter<byte> response)
    {
        if (!await gate.EnterAsync(call.CancellationToken))
        {
            return EtcdErrors.TooManyRequests;
        }

        try
        {
            return Store.Requests.RangeRequest.TryParse(request.Span, out Store.Requests.RangeRequest range)
                ? Read(range, response)
                : RpcStatus.MalformedRequest;
        }
        finally
        {
            gate.Leave();
        }
    }

    private RpcStatus Read(scoped in Store.Requests.RangeRequest range, IBufferWriter<byte> response)
    {
        ProtoBuffer body = store.Buffers.Rent();
        try
        {
            StoreError error = store.Engine.Range(range, body, out Revision current);
            if (error == StoreError.None)
            {
                ServedStore.Answer(response, store.Header(current), body.Written);
            }

            metrics.RangeServed();
            return ErrorStatus.Of(error);
        }
        catch (StoreException exception)
        {
            return ErrorStatus.Of(exception.Error);
        }
        finally
        {
            store.Buffers.Return(body);
        }
    }
}
