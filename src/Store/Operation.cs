using Keelson.Base.Codec;
using Keelson.Store.Requests;

namespace Keelson.Store;

/// <summary>One step of a transaction's branch.</summary>
public sealed class Operation
{
    private readonly OperationKind _kind;
    private readonly Action<ProtoBuffer> _write;

    private Operation(OperationKind kind, Action<ProtoBuffer> write)
    {
        _kind = kind;
        _write = write;
    }

    public static Operation Put(Bytes key, Bytes value, PutOptions? options = null) =>
        new(OperationKind.Put, target => RequestEncoder.Put(target, key, value, options));

    public static Operation Get(RangeQuery query) =>
        new(OperationKind.Range, target => RequestEncoder.Range(target, query));

    public static Operation Get(Bytes key) => Get(new RangeQuery { Keys = KeyRange.Single(key) });

    public static Operation Delete(KeyRange keys) =>
        new(OperationKind.DeleteRange, target => RequestEncoder.DeleteRange(target, keys));

    /// <summary>
    /// A transaction inside the transaction; its conditions look at the state before the outermost one.
    /// </summary>
    public static Operation Nested(Transaction transaction) => new(OperationKind.Txn, transaction.Write);

    internal void Write(ProtoBuffer target)
    {
        int mark = target.BeginMessage((int)_kind);
        _write(target);
        target.EndMessage(mark);
    }
}
