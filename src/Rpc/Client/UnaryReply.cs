namespace Keelson.Rpc.Client;

/// <summary>How one try of a unary call ended.</summary>
/// <param name="Status">Success exactly when there is a message.</param>
/// <param name="Message">The response without its frame header.</param>
/// <param name="WasSent">False proves that the server cannot have acted on the request.</param>
internal readonly record struct UnaryReply(RpcStatus Status, ReadOnlyMemory<byte> Message, bool WasSent);
