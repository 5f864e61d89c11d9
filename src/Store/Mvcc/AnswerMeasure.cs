using Keelson.Store.Requests;

namespace Keelson.Store.Mvcc;

/// <summary>
/// Weighs the answers of requests that may write, on the state before them. What others write until it is their turn is
/// not known: this admits, it does not promise. One thread at a time, inside an epoch pin.
/// </summary>
internal sealed class AnswerMeasure(TxnReader txns, RangeReader ranges)
{
    private IReadOnlyList<bool> _path = [];
    private int _step;
    private long _writtenBytes;

    /// <summary>The values of a deletion's prev_kvs.</summary>
    public AnswerSize Of(ReadView view, scoped in DeleteRangeRequest request)
    {
        if (!request.PreviousKeyValues)
        {
            return AnswerSize.Nothing;
        }

        ranges.Measure(view, new RangeRequest { Key = request.Key, RangeEnd = request.RangeEnd }, out AnswerSize size);
        return size with { IsExact = false };
    }

    /// <summary>The values of all operations on the path that a validated transaction would take now.</summary>
    public AnswerSize Of(ReadView view, TxnRequest txn)
    {
        _path = txns.TakePath(view, txn);
        _step = 0;
        _writtenBytes = 0;
        return OfBranch(view, txn);
    }

    private AnswerSize OfBranch(ReadView view, TxnRequest txn)
    {
        AnswerSize size = AnswerSize.Nothing;
        foreach (ReadOnlySpan<byte> message in txn.Branch(_path[_step++]))
        {
            size += Of(view, RequestOperation.Parse(message));
        }

        return size;
    }

    private AnswerSize Of(ReadView view, scoped in RequestOperation operation)
    {
        switch (operation.Kind)
        {
            case OperationKind.Range:
                return OfRange(view, RangeRequest.Parse(operation.Request));
            case OperationKind.DeleteRange:
                return Of(view, DeleteRangeRequest.Parse(operation.Request)) with { IsExact = false };
            case OperationKind.Txn:
                return OfBranch(view, new TxnRequest(operation.Request));
            default:
                _writtenBytes += operation.Request.Length;
                return OfPut(view, PutRequest.Parse(operation.Request));
        }
    }

    private AnswerSize OfRange(ReadView view, scoped in RangeRequest request)
    {
        StoreError error = ranges.Measure(view, request, out AnswerSize size);
        // Each range also sees what the transaction put before it.
        long ownBytes = request.CountOnly ? 0 : _writtenBytes;
        return new AnswerSize(size.Bytes + ownBytes, size.IsExact && error == StoreError.None);
    }

    private AnswerSize OfPut(ReadView view, scoped in PutRequest request)
    {
        AnswerSize size = AnswerSize.Nothing;
        if (request.PreviousKeyValue)
        {
            ranges.Measure(view, new RangeRequest { Key = request.Key }, out size);
        }

        return size with { IsExact = false };
    }
}
