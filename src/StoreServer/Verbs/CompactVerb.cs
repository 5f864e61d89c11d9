using Keelson.Base.Identity;
using Keelson.Rpc;
using Keelson.Rpc.Etcd;
using Keelson.Rpc.Server;
using Keelson.Store;
using Keelson.Store.Host;
using Keelson.Store.Mvcc;
using Keelson.StoreServer.Serving;

namespace Keelson.StoreServer.Verbs;

/// <summary>
/// Forgets history. What is compacted is unreadable as soon as the request is applied; a physical one is answered when
/// the versions are gone from the database too (etcd 3.5, rpc.proto: physical).
/// </summary>
internal sealed class CompactVerb(ServedStore store) : IUnaryHandler
{
    public ValueTask<RpcStatus> HandleAsync(
        RpcCall call, ReadOnlyMemory<byte> request, IBufferWriter<byte> response)
    {
        if (!Keelson.Store.Requests.CompactionRequest.TryParse(request.Span, out var compaction))
        {
            return new ValueTask<RpcStatus>(ErrorStatus.Of(StoreError.Malformed));
        }

        return compaction.Physical
            ? CompactPhysicallyAsync(call, new Revision(compaction.Revision), request, response)
            : store.ProposeAsync(call, RequestKind.Compact, request, response);
    }

    private async ValueTask<RpcStatus> CompactPhysicallyAsync(
        RpcCall call, Revision revision, ReadOnlyMemory<byte> request, IBufferWriter<byte> response)
    {
        RequestOutcome outcome = await store.ProposeAsync(RequestKind.Compact, request, body: null);
        if (outcome.Error != StoreError.None)
        {
            return ErrorStatus.Of(outcome.Error);
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(call.CancellationToken, store.Stopping);
        try
        {
            await store.Engine.WaitUntilTrimmedAsync(revision, ending.Token);
        }
        catch (OperationCanceledException)
        {
            return call.CancellationToken.IsCancellationRequested ? call.CancellationStatus : EtcdErrors.ServerStopped;
        }
        catch (StoreException exception)
        {
            return ErrorStatus.Of(exception.Error);
        }

        ServedStore.Answer(response, store.Header(outcome.Revision, outcome.Term), body: default);
        return RpcStatus.OK;
    }
}
