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
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration stopping = store.Stopping.Register(() => stopped.TrySetResult());
        while (await ReadAsync(requests, stopped.Task) is { } request)
        {
            if (!LeaseKeepAliveRequestReader.TryRead(request.Span, out _))
            {
                return RpcStatus.MalformedRequest;
            }

            RpcStatus status = await store.ProposeAsync(call, RequestKind.LeaseKeepAlive, request, responses.Begin());
            if (!status.IsOK)
            {
                return status;
            }

            if (!await responses.SendAsync())
            {
                return call.CancellationStatus;
            }
        }

        return stopped.Task.IsCompleted ? EtcdErrors.ServerStopped : RpcStatus.OK;
    }

    /// <summary>Null at the end of the stream or of the server; the call's end also ends a read that waits.</summary>
    private static async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(IMessageReader requests, Task stopped)
    {
        ValueTask<ReadOnlyMemory<byte>?> next = requests.ReadAsync();
        if (next.IsCompletedSuccessfully)
        {
            return next.Result;
        }

        Task<ReadOnlyMemory<byte>?> read = next.AsTask();
        return await Task.WhenAny(read, stopped) == read ? await read : null;
    }
}
