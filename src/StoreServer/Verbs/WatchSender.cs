using System.Diagnostics;
using Keelson.Rpc;
using Keelson.Rpc.Etcd;
using Keelson.Store;
using Keelson.Store.Host;
using Keelson.Store.Watch;
using Keelson.StoreServer.Serving;

namespace Keelson.StoreServer.Verbs;

/// <summary>Sends a stream's items in their order; waits for the client, who thereby holds up only himself.</summary>
internal sealed class WatchSender(ServedStore store, WatchSubscription subscription, WatchRoom room)
{
    public async Task<RpcStatus> RunAsync(IMessageWriter responses, CancellationToken cancellationToken)
    {
        try
        {
            while (await subscription.WaitAsync(cancellationToken))
            {
                while (subscription.TryTake(out WatchItem? item))
                {
                    room.Taken();
                    Write(item, responses.Begin());
                    if (!await responses.SendAsync() || cancellationToken.IsCancellationRequested)
                    {
                        return RpcStatus.Canceled;
                    }
                }
            }

            return ErrorStatus.Of(StoreError.Stopped);
        }
        catch (OperationCanceledException)
        {
            return RpcStatus.Canceled;
        }
    }

    private void Write(WatchItem item, IBufferWriter<byte> response)
    {
        HeadOf(item).Write(response);
        if (item is WatchItem.Events events)
        {
            response.Write(events.Encoded.Span);
            store.Metrics.EventsSent(events.Count);
        }
    }

    /// <summary>Everything but the events (etcd 3.5, v3rpc/watch.go).</summary>
    private WatchHead HeadOf(WatchItem item)
    {
        var head = new WatchHead(store.Header(item.HeaderRevision), item.WatchId);
        return item switch
        {
            WatchItem.Created => head with { Created = true },
            WatchItem.Refused refused => head with { Created = true, Canceled = true, CancelReason = refused.Reason },
            WatchItem.Events events => head with { Fragment = events.IsFragment },
            WatchItem.Progress => head,
            // etcd leaves this header without a revision (mvcc, watcher_group.go: the response carries none).
            WatchItem.Compacted compacted => head with
            {
                Header = store.Header(default),
                Canceled = true,
                CompactRevision = compacted.CompactRevision.Value,
            },
            WatchItem.Canceled canceled => head with { Canceled = true, CancelReason = canceled.Reason },
            _ => throw new UnreachableException(),
        };
    }
}
