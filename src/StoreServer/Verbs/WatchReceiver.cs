using Keelson.Base.Identity;
using Keelson.Rpc;
using Keelson.Rpc.Etcd;
using Keelson.Store;
using Keelson.Store.Host;
using Keelson.Store.Watch;

namespace Keelson.StoreServer.Verbs;

/// <summary>Takes a watch stream's requests.</summary>
internal sealed class WatchReceiver(WatchSubscription subscription, WatchRoom room)
{
    /// <summary>Ends with the stream's fault; a client that only closed its half is waited for.</summary>
    public async Task<RpcStatus> RunAsync(IMessageReader requests, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                (RpcStatus status, Rpc.Etcd.WatchRequest? request) =
                    await requests.ReadAsync(Rpc.Etcd.WatchRequest.Parser);
                if (!status.IsOK)
                {
                    return status;
                }

                if (request is null)
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
                }

                await room.WaitAsync(cancellationToken);
                Serve(request!);
            }
        }
        catch (OperationCanceledException)
        {
            return RpcStatus.Canceled;
        }
    }

    private void Serve(Rpc.Etcd.WatchRequest request)
    {
        switch (request.RequestUnionCase)
        {
            case Rpc.Etcd.WatchRequest.RequestUnionOneofCase.CreateRequest:
                subscription.Create(ToRequest(request.CreateRequest));
                break;
            case Rpc.Etcd.WatchRequest.RequestUnionOneofCase.CancelRequest:
                subscription.Cancel(request.CancelRequest.WatchId);
                break;
            case Rpc.Etcd.WatchRequest.RequestUnionOneofCase.ProgressRequest:
                subscription.RequestProgress();
                break;
            default:
                // etcd ignores a request without content, as one from a newer client would be.
                break;
        }
    }

    private static Store.Watch.WatchRequest ToRequest(WatchCreateRequest create) => new()
    {
        Key = new Bytes(create.Key.ToByteArray()),
        RangeEnd = new Bytes(create.RangeEnd.ToByteArray()),
        StartRevision = new Revision(create.StartRevision),
        PreviousKeyValue = create.PrevKv,
        ProgressNotify = create.ProgressNotify,
        Filters = create.Filters.Aggregate(WatchFilters.None, static (filters, one) => filters | ToFilter(one)),
        Fragment = create.Fragment,
        WatchId = create.WatchId,
    };

    private static WatchFilters ToFilter(WatchCreateRequest.Types.FilterType filter) => filter switch
    {
        WatchCreateRequest.Types.FilterType.Noput => WatchFilters.NoPut,
        WatchCreateRequest.Types.FilterType.Nodelete => WatchFilters.NoDelete,
        _ => WatchFilters.None,
    };
}
