namespace Keelson.Store.Requests;

/// <summary>What one request may ask for; etcd's flags of the same names set them.</summary>
/// <param name="TxnOperationsMax">Compares, then- and else-operations each (--max-txn-ops, etcd: 128).</param>
/// <param name="RequestBytesMax">The encoded request (--max-request-bytes, etcd: 1.5 MiB).</param>
internal readonly record struct RequestLimits(int TxnOperationsMax, int RequestBytesMax)
{
    /// <summary>etcd allows 9,000,000,000 s (lease/lessor.go, MaxLeaseTTL).</summary>
    public const long LeaseTtlSecondsMax = 9_000_000_000;

    /// <summary>
    /// Transactions inside transactions; Google's protobuf decoders stop at the same depth of messages.
    /// </summary>
    public const int TxnDepthMax = 32;

    public static readonly RequestLimits Default = new(128, 1_572_864);
}
