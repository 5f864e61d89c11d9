namespace Keelson.Rpc.Etcd;

/// <summary>
/// All conditions hold: <see cref="Success"/> happens, otherwise <see cref="Failure"/>; as one change.
/// </summary>
public sealed record TxnCommand
{
    public IReadOnlyList<TxnCompare> Compares { get; init; } = [];

    public IReadOnlyList<TxnOperation> Success { get; init; } = [];

    public IReadOnlyList<TxnOperation> Failure { get; init; } = [];
}
