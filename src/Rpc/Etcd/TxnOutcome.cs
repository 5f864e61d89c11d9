namespace Keelson.Rpc.Etcd;

/// <summary>What one step of the taken branch brought, in the order of the steps.</summary>
public abstract record TxnOutcome
{
    private TxnOutcome()
    {
    }

    public sealed record Range(RangeResult Result) : TxnOutcome;

    public sealed record Put(PutResult Result) : TxnOutcome;

    public sealed record DeleteRange(DeleteRangeResult Result) : TxnOutcome;

    public sealed record Txn(TxnResult Result) : TxnOutcome;
}
