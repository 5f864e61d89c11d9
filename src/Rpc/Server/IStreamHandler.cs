namespace Keelson.Rpc.Server;

/// <summary>Any number of messages in either direction.</summary>
public interface IStreamHandler
{
    /// <summary>Runs the whole call; its status is sent when the task completes.</summary>
    ValueTask<RpcStatus> HandleAsync(RpcCall call, IMessageReader requests, IMessageWriter responses);
}
