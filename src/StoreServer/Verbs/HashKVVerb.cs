using System.Diagnostics;
using Keelson.Rpc;
using Keelson.Rpc.Etcd;
using Keelson.Store;
using Keelson.StoreServer.Serving;

namespace Keelson.StoreServer.Verbs;

/// <summary>The hash of the history through a revision, byte for byte as etcd computes it.</summary>
internal static class HashKVVerb
{
    public static async ValueTask<RpcResult<HashKVResponse>> AnswerAsync(
        ServedStore store, ReadGates gates, RpcCall call, HashKVRequest request)
    {
        using IDisposable? turn = await gates.EnterWholeAsync(call.CancellationToken);
        if (turn is null)
        {
            return EtcdErrors.TooManyRequests;
        }

        long started = Stopwatch.GetTimestamp();
        try
        {
            (StoreError error, HistoryHash? hash) = await store.Engine.Snapshots.HashAsync(request.Revision);
            store.Metrics.HashRevisionSeconds.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
            if (hash is null)
            {
                return ErrorStatus.Of(error);
            }

            return new HashKVResponse
            {
                Header = store.MessageHeader(),
                Hash = hash.Hash,
                CompactRevision = hash.CompactRevision.Value,
                HashRevision = hash.HashRevision.Value,
            };
        }
        catch (StoreException exception)
        {
            return ErrorStatus.Of(exception.Error);
        }
    }
}
