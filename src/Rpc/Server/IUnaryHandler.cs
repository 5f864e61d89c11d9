namespace Keelson.Rpc.Server;

/// <summary>One message in, one message out, without message objects.</summary>
public interface IUnaryHandler
{
    /// <summary>
    /// Answers one request. The request's bytes are valid until the task completes. The response is written straight
    /// behind its frame header. A handler that fails writes nothing first: a response that outgrew its first block
    /// cannot be taken back, and the call then breaks off without a status.
    /// </summary>
    ValueTask<RpcStatus> HandleAsync(RpcCall call, ReadOnlyMemory<byte> request, IBufferWriter<byte> response);
}
