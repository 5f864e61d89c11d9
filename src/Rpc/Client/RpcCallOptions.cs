namespace Keelson.Rpc.Client;

/// <summary>What goes with one call.</summary>
public sealed record RpcCallOptions
{
    public static readonly RpcCallOptions None = new();

    /// <summary>Sent as grpc-timeout and kept on this side too.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Extra metadata; keys in lower case.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; init; } = [];

    public RetryRule Retry { get; init; } = RetryRule.IfNeverSent;
}
