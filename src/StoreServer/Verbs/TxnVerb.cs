using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Rpc;
using Keelson.Rpc.Etcd;
using Keelson.Rpc.Server;
using Keelson.Store;
using Keelson.Store.Mvcc;
using Keelson.Store.Requests;
using Keelson.StoreServer.Metrics;
using Keelson.StoreServer.Serving;

namespace Keelson.StoreServer.Verbs;

/// <summary>
/// Compares, then one of two lists of operations. One that only reads, un-nested, does not go through the log (etcd
/// 3.5, v3_server.go: isTxnReadonly).
/// </summary>
internal sealed class TxnVerb(ServedStore store, StoreMetrics metrics, ReadGates gates) : IUnaryHandler
{
    public ValueTask<RpcStatus> HandleAsync(
        RpcCall call, ReadOnlyMemory<byte> request, IBufferWriter<byte> response)
    {
        StoreError error = RequestValidator.CheckTxn(request.Span, store.Engine.Limits);
        if (error != StoreError.None)
        {
            return new ValueTask<RpcStatus>(ErrorStatus.Of(error));
        }

        var txn = new Store.Requests.TxnRequest(request.Span);
        bool isReadOnly = RequestValidator.IsReadOnly(txn);
        if (ReadGates.IsWide(AskedKeys.Of(txn)))
        {
            return AnswerWideAsync(call, isReadOnly, request, response);
        }

        return isReadOnly
            ? ReadAsync(txn, request, response)
            : store.ProposeAsync(call, RequestKind.Txn, request, response);
    }

    /// <summary>Without waiting if all its ranges may be old (etcd 3.5, v3_server.go: isTxnSerializable).</summary>
    private ValueTask<RpcStatus> ReadAsync(
        in Store.Requests.TxnRequest txn, ReadOnlyMemory<byte> request, IBufferWriter<byte> response) =>
        store.IsCurrent || RequestValidator.IsSerializable(txn)
            ? new ValueTask<RpcStatus>(Read(request.Span, response))
            : ReadLaterAsync(request, response);

    private async ValueTask<RpcStatus> ReadLaterAsync(ReadOnlyMemory<byte> request, IBufferWriter<byte> response)
    {
        StoreError error = await store.ReadAsync();
        return error == StoreError.None ? Read(request.Span, response) : ErrorStatus.Of(error);
    }

    private async ValueTask<RpcStatus> AnswerWideAsync(
        RpcCall call, bool isReadOnly, ReadOnlyMemory<byte> request, IBufferWriter<byte> response)
    {
        try
        {
            AnswerSize size = store.Engine.Readers.Measure(new Store.Requests.TxnRequest(request.Span));
            if (size.IsTooLarge)
            {
                return RpcStatus.MessageTooLarge(size.Bytes);
            }

            using IDisposable? turn = await gates.EnterWideAsync(size, call.CancellationToken);
            if (turn is null)
            {
                return EtcdErrors.TooManyRequests;
            }

            return isReadOnly
                ? await ReadAsync(new Store.Requests.TxnRequest(request.Span), request, response)
                : await store.ProposeAsync(call, RequestKind.Txn, request, response);
        }
        catch (StoreException exception)
        {
            return ErrorStatus.Of(exception.Error);
        }
    }

    private RpcStatus Read(ReadOnlySpan<byte> message, IBufferWriter<byte> response)
    {
        ProtoBuffer body = store.Buffers.Rent();
        try
        {
            StoreError error = store.Engine.Readers.Txn(
                new Store.Requests.TxnRequest(message), body, out Revision current, out int ranges);
            metrics.RangesServed(ranges);
            if (error == StoreError.None)
            {
                ServedStore.Answer(response, store.Header(current), body.Written);
            }

            return ErrorStatus.Of(error);
        }
        catch (StoreException exception)
        {
            return ErrorStatus.Of(exception.Error);
        }
        catch (MessageTooLargeException exception)
        {
            return RpcStatus.MessageTooLarge(exception.Bytes);
        }
        finally
        {
            store.Buffers.Return(body);
        }
    }
}
