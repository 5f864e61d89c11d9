using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Store.Requests;

namespace Keelson.Store.Mvcc;

/// <summary>
/// Txn: the taken path is chosen and everything that could fail is checked on the state before it; then the operations
/// run in order, and later ones see earlier writes. After the checks nothing can fail, so nothing is applied by half.
/// </summary>
internal sealed class TxnVerb(WorkingState state, TxnReader reader, PutVerb puts, DeleteRangeVerb deletes)
{
    private IReadOnlyList<bool> _path = [];
    private int _step;

    /// <summary>Writes succeeded (2) and responses (3) of TxnResponse.</summary>
    public StoreError Apply(TxnRequest txn, ProtoBuffer? response)
    {
        PrepareFirstPut(txn);
        _path = reader.TakePath(state.View, txn);
        // etcd checks the puts of the whole path first, then its ranges (3.5, apply: Txn), so must the error.
        state.Operations.Range(reader.Ranges);
        StoreError error = CheckPath(txn, OperationKind.Put);
        error = error != StoreError.None ? error : CheckPath(txn, OperationKind.Range);
        state.Operations.EndRun();
        if (error != StoreError.None)
        {
            return error;
        }

        _step = 0;
        Execute(txn, response);
        return StoreError.None;
    }

    /// <summary>
    /// The usual transaction compares the key that it then puts, and nearly always succeeds (Kubernetes' update, an
    /// election, a lock): so its leaf is fetched once, and in the way that is best for writing.
    /// </summary>
    private void PrepareFirstPut(TxnRequest txn)
    {
        foreach (ReadOnlySpan<byte> message in txn.Success)
        {
            if (RequestOperation.TryParse(message, out RequestOperation operation)
                && operation.Kind == OperationKind.Put
                && PutRequest.TryParse(operation.Request, out PutRequest put))
            {
                state.Keys.PrepareInsert(put.Key);
            }

            return;
        }
    }

    private StoreError CheckPath(TxnRequest txn, OperationKind kind)
    {
        _step = 0;
        return Check(txn, kind);
    }

    private StoreError Check(TxnRequest txn, OperationKind kind)
    {
        foreach (ReadOnlySpan<byte> message in txn.Branch(_path[_step++]))
        {
            var operation = RequestOperation.Parse(message);
            StoreError error = StoreError.None;
            if (operation.Kind == OperationKind.Txn)
            {
                error = Check(new TxnRequest(operation.Request), kind);
            }
            else if (operation.Kind == kind)
            {
                error = CheckOperation(operation);
            }

            if (error != StoreError.None)
            {
                return error;
            }
        }

        return StoreError.None;
    }

    private StoreError CheckOperation(scoped in RequestOperation operation)
    {
        if (operation.Kind == OperationKind.Put)
        {
            var put = PutRequest.Parse(operation.Request);
            state.Operations.Range(put.IgnoreValue || put.IgnoreLease ? 1 : 0);
            return puts.Check(put);
        }

        var range = RangeRequest.Parse(operation.Request);
        return state.View.CheckInTxn(range.Revision);
    }

    private void Execute(TxnRequest txn, ProtoBuffer? response)
    {
        bool succeeded = _path[_step++];
        response?.Bool(TxnResponse.SucceededField, succeeded);
        foreach (ReadOnlySpan<byte> message in txn.Branch(succeeded))
        {
            var operation = RequestOperation.Parse(message);
            if (response is null or { IsOverflown: true })
            {
                // As in a replay: what is written counts, what is answered does not.
                Execute(operation, null);
                continue;
            }

            TxnResponse.Mark mark = TxnResponse.Begin(response, operation.Kind);
            Execute(operation, response);
            TxnResponse.End(response, mark);
        }
    }

    private void Execute(scoped in RequestOperation operation, ProtoBuffer? response)
    {
        switch (operation.Kind)
        {
            case OperationKind.Range:
                Range(operation.Request, response);
                break;
            case OperationKind.Put:
                var put = PutRequest.Parse(operation.Request);
                Header(response, state.Revision.Next());
                puts.Apply(put, response);
                break;
            case OperationKind.DeleteRange:
                DeleteRange(operation.Request, response);
                break;
            default:
                Header(response, null);
                Execute(new TxnRequest(operation.Request), response);
                break;
        }
    }

    private void Range(ReadOnlySpan<byte> message, ProtoBuffer? response)
    {
        state.Operations.Range();
        if (response is not null)
        {
            var range = RangeRequest.Parse(message);
            Header(response, state.CurrentRevision);
            state.Ranges.Execute(state.View, range, response);
        }
    }

    /// <summary>
    /// Its header says whether anything in the transaction had changed by its end, so it is written last.
    /// </summary>
    private void DeleteRange(ReadOnlySpan<byte> message, ProtoBuffer? response)
    {
        var request = DeleteRangeRequest.Parse(message);
        deletes.Apply(request, response);
        Header(response, state.CurrentRevision);
    }

    private static void Header(ProtoBuffer? response, Revision? revision)
    {
        if (response is not null)
        {
            TxnResponse.Header(response, revision);
        }
    }
}
