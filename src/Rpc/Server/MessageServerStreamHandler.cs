using Google.Protobuf;
using Keelson.Rpc.Framing;

namespace Keelson.Rpc.Server;

/// <summary>One message object in, any number of messages out.</summary>
public sealed class MessageServerStreamHandler<TRequest> : IStreamHandler
    where TRequest : class, IMessage<TRequest>
{
    private readonly MessageParser<TRequest> _parser;
    private readonly Func<RpcCall, TRequest, IMessageWriter, ValueTask<RpcStatus>> _answer;

    public MessageServerStreamHandler(
        MessageParser<TRequest> parser, Func<RpcCall, TRequest, IMessageWriter, ValueTask<RpcStatus>> answer)
    {
        _parser = parser;
        _answer = answer;
    }

    public async ValueTask<RpcStatus> HandleAsync(RpcCall call, IMessageReader requests, IMessageWriter responses)
    {
        (RpcStatus status, TRequest? request) = await requests.ReadAsync(_parser);
        if (!status.IsOK)
        {
            return status;
        }

        return request is null ? FrameFaults.UnexpectedEnd : await _answer(call, request, responses);
    }
}
