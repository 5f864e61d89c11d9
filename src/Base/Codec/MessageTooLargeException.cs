namespace Keelson.Base.Codec;

/// <summary>A message grew beyond what one array, and one gRPC message, can hold. It kills the answer only.</summary>
public sealed class MessageTooLargeException(long bytes) : Exception($"a message of at least {bytes} bytes")
{
    public long Bytes => bytes;
}
