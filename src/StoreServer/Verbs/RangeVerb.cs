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

/// <summary>Reads keys from this member's published root, at once if that may be old.</summary>
internal sealed class RangeVerb(ServedStore store, StoreMetrics metrics, ReadGates gates) : IUnaryHandler
{
    public ValueTask<RpcStatus> HandleAsync(
        RpcCall call, ReadOnlyMemory<byte> request, IBufferWriter<byte> response)
    {
        if (!Store.Requests.RangeRequest.TryParse(request.Span, out Store.Requests.RangeRequest range))
        {
            return new ValueTask<RpcStatus>(RpcStatus.MalformedRequest);
        }

        StoreError error = Store.Requests.RequestValidator.CheckRange(range);
        if (error != StoreError.None)
        {
            return new ValueTask<RpcStatus>(ErrorStatus.Of(error));
        }

        bool isWide = ReadGates.IsWide(AskedKeys.Of(range));
        if (!range.Serializable && !store.IsCurrent)
        {
            return ReadLaterAsync(isWide ? call : null, request, response);
        }

        return isWide ? ReadWideAsync(call, request, response) : new ValueTask<RpcStatus>(Read(range, response));
    }

    private async ValueTask<RpcStatus> ReadLaterAsync(
        RpcCall? wide, ReadOnlyMemory<byte> request, IBufferWriter<byte> response)
    {
        StoreError error = await store.ReadAsync();
        return error != StoreError.None ? ErrorStatus.Of(error)
            : wide is null ? Read(request, response)
            : await ReadWideAsync(wide, request, response);
    }

    private async ValueTask<RpcStatus> ReadWideAsync(
        RpcCall call, ReadOnlyMemory<byte> request, IBufferWriter<byte> response)
    {
        RpcStatus status = Measure(request.Span, out AnswerSize size);
        if (!status.IsOK)
        {
            return status;
        }

        using IDisposable? turn = await gates.EnterWideAsync(size, call.CancellationToken);
        if (turn is null)
        {
            return EtcdErrors.TooManyRequests;
        }

        return Read(request, response);
    }

    private RpcStatus Read(ReadOnlyMemory<byte> request, IBufferWriter<byte> response) =>
        Store.Requests.RangeRequest.TryParse(request.Span, out Store.Requests.RangeRequest range)
            ? Read(range, response)
            : RpcStatus.MalformedRequest;

    /// <summary>An answer that no message can hold is refused before a byte of it was read.</summary>
    private RpcStatus Measure(ReadOnlySpan<byte> request, out AnswerSize size)
    {
        size = AnswerSize.Nothing;
        if (!Store.Requests.RangeRequest.TryParse(request, out Store.Requests.RangeRequest range))
        {
            return RpcStatus.MalformedRequest;
        }

        try
        {
            StoreError error = store.Engine.Readers.Measure(range, out size);
            return size.IsTooLarge ? RpcStatus.MessageTooLarge(size.Bytes) : ErrorStatus.Of(error);
        }
        catch (StoreException exception)
        {
            return ErrorStatus.Of(exception.Error);
        }
    }

    private RpcStatus Read(scoped in Store.Requests.RangeRequest range, IBufferWriter<byte> response)
    {
        ProtoBuffer body = store.Buffers.Rent();
        try
        {
            StoreError error = store.Engine.Range(range, body, out Revision current);
            if (error == StoreError.None)
            {
                ServedStore.Answer(response, store.Header(current), body.Written);
            }

            metrics.RangesServed(1);
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
