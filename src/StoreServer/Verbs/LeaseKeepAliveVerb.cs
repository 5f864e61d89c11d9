using Keelson.Rpc;
using Keelson.Rpc.Etcd;
using Keelson.Rpc.Server;
using Keelson.Store.Mvcc;
using Keelson.StoreServer.Serving;

namespace Keelson.StoreServer.Verbs;

/// <summary>
/// Renews leases, one answer per request and in order. A lease that is gone is no error: its TTL is 0, which protobuf
/// leaves out.
/// </summary>
internal sealed class LeaseKeepAliveVerb(ServedStore store) : IStreamHandler
{
    public async ValueTask<RpcStatus> HandleAsync(RpcCall call, IMessageReader requests, IMessageWriter responses)
    {
        while (await requests.ReadAsync() is { } request)
        {
            if (!LeaseKeepAliveRequestReader.TryRead(request.Span, out _))
            {
                return RpcStatus.MalformedRequest;
            }

            RpcStatus status = await store.ProposeAsync(RequestKind.LeaseKeepAlive, request, responses.Begin());
            if (!status.IsOK)
            {
                return status;
            }

            if (!await responses.SendAsync())
            {
                return call.CancellationStatus;
            }
        }

        return RpcStatus.OK;
    }
}
