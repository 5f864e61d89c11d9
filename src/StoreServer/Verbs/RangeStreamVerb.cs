using Keelson.Rpc;
using Keelson.Rpc.Etcd;
using Keelson.Rpc.Server;
using Keelson.Store;
using Keelson.StoreServer.Metrics;
using Keelson.StoreServer.Serving;

namespace Keelson.StoreServer.Verbs;

/// <summary>
/// A range in chunks of one revision, sent as fast as the client takes them (etcd 3.7). Merging the chunks gives the
/// unary answer; header, more and count come with the last one.
/// </summary>
internal sealed class RangeStreamVerb(ServedStore store, StoreMetrics metrics) : IStreamHandler
{
    private static readonly RpcStatus OrderNotServed = new(
        StatusCode.Unimplemented, "etcdserver: range stream serves neither sort orders nor revision filters");

    public async ValueTask<RpcStatus> HandleAsync(RpcCall call, IMessageReader requests, IMessageWriter responses)
    {
        if (await requests.ReadAsync() is not { } bytes)
        {
            return RpcStatus.MalformedRequest;
        }

        byte[] request = bytes.ToArray();
        RpcStatus status = Check(request);
        if (!status.IsOK)
        {
            return status;
        }

        StoreError late = await CurrentAsync(request);
        if (late != StoreError.None)
        {
            return ErrorStatus.Of(late);
        }

        var chunks = new RangeChunks(store, request);
        try
        {
            do
            {
                StoreError error = chunks.WriteNext(responses.Begin());
                metrics.RangesServed(1);
                if (error != StoreError.None)
                {
                    return ErrorStatus.Of(error);
                }

                if (!await responses.SendAsync())
                {
                    return call.CancellationStatus;
                }
            }
            while (!chunks.IsDone && !store.Stopping.IsCancellationRequested);
        }
        catch (StoreException exception)
        {
            return ErrorStatus.Of(exception.Error);
        }

        return chunks.IsDone ? RpcStatus.OK : EtcdErrors.ServerStopped;
    }

    private ValueTask<StoreError> CurrentAsync(ReadOnlySpan<byte> request) =>
        Store.Requests.RangeRequest.Parse(request).Serializable
            ? new ValueTask<StoreError>(StoreError.None)
            : store.ReadAsync();

    private static RpcStatus Check(ReadOnlySpan<byte> message)
    {
        if (!Store.Requests.RangeRequest.TryParse(message, out Store.Requests.RangeRequest request))
        {
            return RpcStatus.MalformedRequest;
        }

        StoreError error = Store.Requests.RequestValidator.CheckRange(request);
        if (error != StoreError.None)
        {
            return ErrorStatus.Of(error);
        }

        bool isOrdered = request.SortOrder != Store.Requests.SortOrder.None || request.NeedsSorting;
        return isOrdered || request.HasRevisionFilter ? OrderNotServed : RpcStatus.OK;
    }
}
