using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;

namespace Keelson.Rpc.Framing;

/// <summary>Between bytes and message objects; bad bytes are a value here, not an exception.</summary>
internal static class MessageCodec
{
    public static bool TryParse<T>(
        MessageParser<T> parser, ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out T? message)
        where T : class, IMessage<T>
    {
        try
        {
            message = parser.ParseFrom(bytes);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            message = null;
            return false;
        }
    }

    public static void Write<T>(T message, IBufferWriter<byte> destination)
        where T : class, IMessage<T>
    {
        int size = message.CalculateSize();
        message.WriteTo(destination.GetSpan(size)[..size]);
        destination.Advance(size);
    }
}
