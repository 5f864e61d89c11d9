namespace Keelson.Rpc.Etcd;

/// <summary>One step of a transaction's branch.</summary>
public abstract record TxnOperation
{
    private TxnOperation()
    {
    }

    public sealed record Range(RangeQuery Query) : TxnOperation;

    public sealed record Put(PutCommand Command) : TxnOperation;

    public sealed record DeleteRange(DeleteRangeCommand Command) : TxnOperation;

    public sealed record Txn(TxnCommand Command) : TxnOperation;
}
