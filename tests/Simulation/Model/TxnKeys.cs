namespace Keelson.Simulation.Model;

/// <summary>
/// The keys that one branch of a transaction puts and the intervals it deletes; refuses a key that could be written
/// twice (etcd 3.5, api/v3rpc/key.go: checkIntervals). The order of the steps is etcd's and matters: a nested
/// transaction's deletes are unknown to those before it.
/// </summary>
internal sealed class TxnKeys
{
    private readonly HashSet<string> _puts = new(StringComparer.Ordinal);
    private readonly List<Operation.DeleteRange> _deletes = [];

    /// <summary>False when the branch could write a key twice.</summary>
    public bool TryAdd(IReadOnlyList<Operation> branch)
    {
        _deletes.AddRange(branch.OfType<Operation.DeleteRange>());
        return branch.OfType<Operation.Txn>().All(TryAddNested)
            && branch.OfType<Operation.Put>().All(put => TryAddPut(put.Key));
    }

    private bool TryAddNested(Operation.Txn txn)
    {
        var success = new TxnKeys();
        var failure = new TxnKeys();
        if (!success.TryAdd(txn.Success) || !failure.TryAdd(txn.Failure))
        {
            return false;
        }

        // Only one of the two branches runs, so both may put the same key.
        bool distinct = success._puts.All(TryAddPut)
            && failure._puts.All(key => success._puts.Contains(key) ? !IsDeleted(key) : TryAddPut(key));
        _deletes.AddRange(success._deletes);
        _deletes.AddRange(failure._deletes);
        return distinct;
    }

    private bool TryAddPut(string key) => !IsDeleted(key) && _puts.Add(key);

    /// <summary>Here etcd takes range_end "\0" literally, so that a delete to the end overlaps nothing.</summary>
    private bool IsDeleted(string key) => _deletes.Exists(delete => delete.RangeEnd.Length == 0
        ? key == delete.Key
        : string.CompareOrdinal(key, delete.Key) >= 0 && string.CompareOrdinal(key, delete.RangeEnd) < 0);
}
