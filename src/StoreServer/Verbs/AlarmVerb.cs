using Keelson.Base.Codec;
using Keelson.Rpc;
using Keelson.Rpc.Server;
using Keelson.Store;
using Keelson.Store.Mvcc;
using Keelson.Store.Requests;
using Keelson.StoreServer.Serving;

namespace Keelson.StoreServer.Verbs;

/// <summary>Lists, raises and disarms alarms. Listing does not need the log, only a state that is not old.</summary>
internal sealed class AlarmVerb(ServedStore store) : IUnaryHandler
{
    public ValueTask<RpcStatus> HandleAsync(
        RpcCall call, ReadOnlyMemory<byte> request, IBufferWriter<byte> response)
    {
        if (!AlarmRequest.TryParse(request.Span, out AlarmRequest alarm))
        {
            return new ValueTask<RpcStatus>(ErrorStatus.Of(StoreError.Malformed));
        }

        return alarm.Action == AlarmAction.Get
            ? ListAsync(alarm.Alarm, response)
            : store.ProposeAsync(call, RequestKind.Alarm, request, response);
    }

    private async ValueTask<RpcStatus> ListAsync(AlarmKind kind, IBufferWriter<byte> response)
    {
        StoreError error = await store.ReadAsync();
        return error == StoreError.None ? List(kind, response) : ErrorStatus.Of(error);
    }

    private RpcStatus List(AlarmKind kind, IBufferWriter<byte> response)
    {
        ProtoBuffer body = store.Buffers.Rent();
        store.Engine.Readers.Alarms(kind, body);
        ServedStore.Answer(response, store.HeaderNow(), body.Written);
        store.Buffers.Return(body);
        return RpcStatus.OK;
    }
}
