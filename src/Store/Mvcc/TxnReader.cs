using Keelson.Base.Codec;
using Keelson.Store.History;
using Keelson.Store.Requests;
using Keelson.Store.Tree;

namespace Keelson.Store.Mvcc;

/// <summary>
/// What a transaction needs of the state before it: which branches its compares take, and whether its ranges can be
/// read. One thread at a time, inside an epoch pin or on the owner's thread.
/// </summary>
internal sealed class TxnReader(PageStore pages, HistoryStore history)
{
    private readonly VersionReader _versions = new(pages);
    private readonly RangeReader _ranges = new(pages, history);
    private readonly List<bool> _path = [];

    /// <summary>
    /// How many ranges the last path or answer took: to etcd a compare that was looked at is one, too.
    /// </summary>
    public int Ranges { get; private set; }

    /// <summary>
    /// Evaluates all compares, nested ones of the taken branches included, on the state before the transaction
    /// (etcd 3.5, apply: compareToPath). The result is listed in the order in which execution meets transactions.
    /// </summary>
    public IReadOnlyList<bool> TakePath(ReadView view, TxnRequest txn)
    {
        _path.Clear();
        Ranges = 0;
        AppendPath(view, txn);
        return _path;
    }

    /// <summary>
    /// Answers a transaction that only reads, un-nested: succeeded (2) and responses (3) of TxnResponse.
    /// </summary>
    public StoreError Execute(ReadView view, TxnRequest txn, ProtoBuffer output)
    {
        bool succeeded = TakePath(view, txn)[0];
        foreach (ReadOnlySpan<byte> message in txn.Branch(succeeded))
        {
            StoreError error = Check(view, message);
            if (error != StoreError.None)
            {
                return error;
            }
        }

        output.Bool(TxnResponse.SucceededField, succeeded);
        foreach (ReadOnlySpan<byte> message in txn.Branch(succeeded))
        {
            var operation = RequestOperation.Parse(message);
            var range = RangeRequest.Parse(operation.Request);
            TxnResponse.Mark mark = TxnResponse.Begin(output, operation.Kind);
            TxnResponse.Header(output, view.Current);
            _ranges.Execute(view, range, output);
            Ranges++;
            TxnResponse.End(output, mark);
        }

        return StoreError.None;
    }

    private static StoreError Check(ReadView view, ReadOnlySpan<byte> message)
    {
        var operation = RequestOperation.Parse(message);
        var range = RangeRequest.Parse(operation.Request);
        return view.CheckInTxn(range.Revision);
    }

    private void AppendPath(ReadView view, TxnRequest txn)
    {
        bool succeeded = AllHold(view, txn.Compares);
        _path.Add(succeeded);
        foreach (ReadOnlySpan<byte> message in txn.Branch(succeeded))
        {
            if (RequestOperation.TryParse(message, out RequestOperation operation)
                && operation.Kind == OperationKind.Txn)
            {
                AppendPath(view, new TxnRequest(operation.Request));
            }
        }
    }

    private bool AllHold(ReadView view, RepeatedMessages compares)
    {
        foreach (ReadOnlySpan<byte> message in compares)
        {
            Ranges++;
            if (!Compare.TryParse(message, out Compare compare) || !Holds(view, compare))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Every key of the interval must satisfy; a missing one compares as zeros, its value never does.
    /// </summary>
    private bool Holds(ReadView view, scoped in Compare compare)
    {
        KeyInterval interval = compare.Interval;
        if (interval.IsSingleKey)
        {
            return _versions.TryGetNewest(view.Keys, interval.Start, out VersionEntry newest)
                ? Holds(compare, newest)
                : HoldsMissing(compare);
        }

        bool any = false;
        if (!interval.IsEmpty)
        {
            _versions.Begin(view.Keys, interval, view.Current);
            while (_versions.MoveNext(interval, out VersionEntry entry))
            {
                any = true;
                if (!Holds(compare, entry))
                {
                    return false;
                }
            }
        }

        return any || HoldsMissing(compare);
    }

    private bool HoldsMissing(scoped in Compare compare) =>
        compare.Target != CompareTarget.Value && Holds(compare, default);

    private bool Holds(scoped in Compare compare, VersionEntry entry)
    {
        int order = compare.Target switch
        {
            CompareTarget.Version => entry.Version.CompareTo(compare.Number),
            CompareTarget.Create => entry.CreateRevision.CompareTo(compare.Number),
            CompareTarget.Mod => entry.Modified.Main.CompareTo(compare.Number),
            CompareTarget.Value => ValueOf(entry).SequenceCompareTo(compare.Value),
            CompareTarget.Lease => entry.Lease.Value.CompareTo(compare.Number),
            _ => 0,
        };
        return compare.Result switch
        {
            CompareResult.Equal => order == 0,
            CompareResult.Greater => order > 0,
            CompareResult.Less => order < 0,
            CompareResult.NotEqual => order != 0,
            // etcd 3.5 lets an unknown result pass (apply: applyCompare ends with true).
            _ => true,
        };
    }

    private ReadOnlySpan<byte> ValueOf(VersionEntry entry) =>
        entry.ValueLength == 0 ? default : history.ReadValue(entry.Modified);
}
