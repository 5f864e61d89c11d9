namespace Keelson.Rpc;

/// <summary>How a call ended, with the text that clients match on. The default value is success.</summary>
public readonly record struct RpcStatus(StatusCode Code, string? Message = null)
{
    public static readonly RpcStatus OK = new(StatusCode.OK);

    /// <summary>The caller went away or gave up. The text is Go's, which etcd's clients expect.</summary>
    public static readonly RpcStatus Canceled = new(StatusCode.Canceled, "context canceled");

    public static readonly RpcStatus DeadlineExceeded =
        new(StatusCode.DeadlineExceeded, "context deadline exceeded");

    /// <summary>
    /// The request is not a valid protobuf message. Code and text are those that grpc-go answers with
    /// google.golang.org/protobuf underneath.
    /// </summary>
    public static readonly RpcStatus MalformedRequest = new(
        StatusCode.Internal,
        "grpc: error unmarshalling request: proto: cannot parse invalid wire-format data");

    /// <summary>What grpc-go answers when a message passes the server's limit; etcd sets it to MaxInt32.</summary>
    public static RpcStatus MessageTooLarge(long bytes) => new(
        StatusCode.ResourceExhausted,
        string.Create(
            CultureInfo.InvariantCulture,
            $"grpc: trying to send message larger than max ({bytes} vs. {int.MaxValue})"));

    public bool IsOK => Code == StatusCode.OK;

    public override string ToString() => Message is null ? $"{Code}" : $"{Code}: {Message}";
}
