namespace Keelson.Rpc.Framing;

/// <summary>Codes and texts for input that is not gRPC framing, as grpc-go 1.7x words them.</summary>
internal static class FrameFaults
{
    public static readonly RpcStatus UnexpectedEnd = new(StatusCode.Internal, "unexpected EOF");

    public static readonly RpcStatus CompressedWithoutEncoding =
        new(StatusCode.Internal, "grpc: compressed flag set with identity or empty encoding");

    public static readonly RpcStatus DamagedCompression =
        new(StatusCode.Internal, "grpc: failed to decompress the received message");

    public static RpcStatus UnknownFlag(byte flag) => new(
        StatusCode.Internal,
        string.Create(CultureInfo.InvariantCulture, $"grpc: received unexpected payload format {flag}"));

    public static RpcStatus UnknownEncoding(string encoding) => new(
        StatusCode.Unimplemented,
        $"grpc: Decompressor is not installed for grpc-encoding \"{encoding}\"");

    public static RpcStatus TooLarge(long length, int lengthMax) => new(
        StatusCode.ResourceExhausted,
        string.Create(
            CultureInfo.InvariantCulture, $"grpc: received message larger than max ({length} vs. {lengthMax})"));

    public static RpcStatus TooLargeExpanded(int lengthMax) => new(
        StatusCode.ResourceExhausted,
        string.Create(
            CultureInfo.InvariantCulture,
            $"grpc: received message after decompression larger than max {lengthMax}"));
}
