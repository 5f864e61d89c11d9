using Google.Protobuf;
using Keelson.Rpc.Framing;

namespace Keelson.Rpc;

/// <summary>Message objects over the byte streams of a call.</summary>
public static class MessageStreamExtensions
{
    /// <summary>Sends one message; false when the call is over.</summary>
    public static ValueTask<bool> SendAsync<T>(this IMessageWriter writer, T message)
        where T : class, IMessage<T>
    {
        MessageCodec.Write(message, writer.Begin());
        return writer.SendAsync();
    }

    /// <summary>
    /// The next message: success with a value, success without one at the end of the stream, or
    /// <see cref="RpcStatus.MalformedRequest"/>.
    /// </summary>
    public static async ValueTask<(RpcStatus Status, T? Message)> ReadAsync<T>(
        this IMessageReader reader, MessageParser<T> parser)
        where T : class, IMessage<T>
    {
        if (await reader.ReadAsync() is not { } bytes)
        {
            return default;
        }

        return MessageCodec.TryParse(parser, bytes.Span, out T? message)
            ? (RpcStatus.OK, message)
            : (RpcStatus.MalformedRequest, null);
    }
}
