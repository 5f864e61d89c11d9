using Google.Protobuf;
using Keelson.Rpc.Framing;

namespace Keelson.Rpc.Server;

/// <summary>Answers with message objects: for the verbs that are not hot.</summary>
public sealed class MessageUnaryHandler<TRequest, TResponse> : IUnaryHandler
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    private readonly MessageParser<TRequest> _parser;
    private readonly Func<RpcCall, TRequest, ValueTask<RpcResult<TResponse>>> _answer;

    public MessageUnaryHandler(
        MessageParser<TRequest> parser, Func<RpcCall, TRequest, ValueTask<RpcResult<TResponse>>> answer)
    {
        _parser = parser;
        _answer = answer;
    }

    public async ValueTask<RpcStatus> HandleAsync(
        RpcCall call, ReadOnlyMemory<byte> request, IBufferWriter<byte> response)
    {
        if (!MessageCodec.TryParse(_parser, request.Span, out TRequest? message))
        {
            return RpcStatus.MalformedRequest;
        }

        RpcResult<TResponse> result = await _answer(call, message);
        if (result.IsOK)
        {
            MessageCodec.Write(result.Value, response);
        }

        return result.Status;
    }
}
