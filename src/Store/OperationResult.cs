namespace Keelson.Store;

/// <summary>
/// What one operation of a transaction answered; which fields say something follows from the operation.
/// </summary>
public sealed record OperationResult
{
    /// <summary>A get's keys, or what a put or delete overwrote when asked for.</summary>
    public IReadOnlyList<KeyValue> KeyValues { get; init; } = [];

    /// <summary>A get's count or how many keys a delete removed.</summary>
    public long Count { get; init; }

    /// <summary>A nested transaction's result.</summary>
    public TransactionResult? Nested { get; init; }
}
