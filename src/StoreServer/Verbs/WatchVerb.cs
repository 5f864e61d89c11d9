using Keelson.Rpc;
using Keelson.Rpc.Server;
using Keelson.Store;
using Keelson.Store.Host;
using Keelson.StoreServer.Serving;

namespace Keelson.StoreServer.Verbs;

/// <summary>
/// Any number of watches on one stream. A client that closes its half goes on receiving, as with etcd; the stream ends
/// with the call, with a malformed request, or with the server.
/// </summary>
internal sealed class WatchVerb(ServedStore store) : IStreamHandler
{
    public async ValueTask<RpcStatus> HandleAsync(RpcCall call, IMessageReader requests, IMessageWriter responses)
    {
        WatchSubscription subscription;
        try
        {
            subscription = store.Engine.Watches.Open();
        }
        catch (StoreException exception)
        {
            return ErrorStatus.Of(exception.Error);
        }

        using (subscription)
        using (var ended = CancellationTokenSource.CreateLinkedTokenSource(call.CancellationToken, store.Stopping))
        {
            var room = new WatchRoom(subscription);
            var receiver = new WatchReceiver(subscription, room);
            var sender = new WatchSender(store, subscription, room);
            Task<RpcStatus> receiving = receiver.RunAsync(requests, ended.Token);
            Task<RpcStatus> sending = sender.RunAsync(responses, ended.Token);
            Task<RpcStatus> first = await Task.WhenAny(receiving, sending);
            RpcStatus status = await first;
            await ended.CancelAsync();
            // The writer is this call's until its task is over; a reader that waits is ended by the call's end.
            await sending;
            return store.Stopping.IsCancellationRequested ? ErrorStatus.Of(StoreError.Stopped) : status;
        }
    }
}
