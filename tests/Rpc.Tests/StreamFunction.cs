using Keelson.Rpc.Server;

namespace Keelson.Rpc.Tests;

internal sealed class StreamFunction(
    Func<RpcCall, IMessageReader, IMessageWriter, ValueTask<RpcStatus>> answer) : IStreamHandler
{
    public ValueTask<RpcStatus> HandleAsync(RpcCall call, IMessageReader requests, IMessageWriter responses) =>
        answer(call, requests, responses);
}
