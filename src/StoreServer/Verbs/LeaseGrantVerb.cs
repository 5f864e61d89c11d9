using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Rpc;
using Keelson.Rpc.Server;
using Keelson.Store;
using Keelson.Store.Mvcc;
using Keelson.Store.Requests;
using Keelson.StoreServer.Metrics;
using Keelson.StoreServer.Serving;

namespace Keelson.StoreServer.Verbs;

/// <summary>What is proposed has its id chosen and its TTL raised to the minimum: apply only records.</summary>
internal sealed class LeaseGrantVerb(ServedStore store, StoreMetrics metrics) : IUnaryHandler
{
    public ValueTask<RpcStatus> HandleAsync(
        RpcCall call, ReadOnlyMemory<byte> request, IBufferWriter<byte> response)
    {
        if (!LeaseRequest.TryParseGrant(request.Span, out LeaseRequest asked))
        {
            return new ValueTask<RpcStatus>(ErrorStatus.Of(StoreError.Malformed));
        }

        StoreError error = store.Engine.PrepareGrant(asked.TtlSeconds, new LeaseId(asked.Id), out LeaseRequest grant);
        return error == StoreError.None
            ? ProposeAsync(call, grant, response)
            : new ValueTask<RpcStatus>(ErrorStatus.Of(error));
    }

    private async ValueTask<RpcStatus> ProposeAsync(
        RpcCall call, LeaseRequest grant, IBufferWriter<byte> response)
    {
        ProtoBuffer request = store.Buffers.Rent();
        try
        {
            RequestEncoder.LeaseGrant(request, grant.Id, grant.TtlSeconds);
            RpcStatus status = await store.ProposeAsync(call, RequestKind.LeaseGrant, request.WrittenMemory, response);
            if (status.IsOK)
            {
                metrics.LeaseSeconds.Record(grant.TtlSeconds);
            }

            return status;
        }
        finally
        {
            store.Buffers.Return(request);
        }
    }
}
