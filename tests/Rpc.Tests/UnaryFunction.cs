using Keelson.Rpc.Server;

namespace Keelson.Rpc.Tests;

internal sealed class UnaryFunction(
    Func<RpcCall, ReadOnlyMemory<byte>, IBufferWriter<byte>, ValueTask<RpcStatus>> answer) : IUnaryHandler
{
    public ValueTask<RpcStatus> HandleAsync(RpcCall call, ReadOnlyMemory<byte> request, IBufferWriter<byte> response) =>
        answer(call, request, response);
}
