using System.Diagnostics;

namespace Keelson.Simulation.Model;

public sealed partial class EtcdModel
{
    /// <summary>
    /// Branches and refusals are decided on the state before the transaction, for the whole taken path: all puts, then
    /// all ranges. After that nothing can fail, and operations see the writes before them.
    /// </summary>
    private OperationResult ExecuteTxn(Operation.Txn txn)
    {
        var taken = new Dictionary<Operation.Txn, bool>(ReferenceEqualityComparer.Instance);
        Choose(txn, taken);
        List<Operation> path = PathOf(txn, taken).ToList();
        EtcdError error = path.OfType<Operation.Put>().Select(CheckPut)
            .Concat(path.OfType<Operation.Range>().Select(CheckRangeInTxn))
            .FirstOrDefault(error => error != EtcdError.None);
        return error == EtcdError.None ? ExecuteBranch(txn, taken) : OperationResult.Failed(error);
    }

    /// <summary>
    /// Here a negative revision is no other word for the newest one: it is compared like any other
    /// (etcd 3.5 to 3.8, checkRange; surprising, but clients see it).
    /// </summary>
    private EtcdError CheckRangeInTxn(Operation.Range range) =>
        range.Revision < 0 && range.Revision < CompactRevision ? EtcdError.Compacted : CheckRevision(range.Revision);

    private void Choose(Operation.Txn txn, Dictionary<Operation.Txn, bool> taken)
    {
        taken[txn] = txn.Compares.All(Holds);
        foreach (Operation.Txn nested in Branch(txn, taken).OfType<Operation.Txn>())
        {
            Choose(nested, taken);
        }
    }

    private static IReadOnlyList<Operation> Branch(Operation.Txn txn, Dictionary<Operation.Txn, bool> taken) =>
        taken[txn] ? txn.Success : txn.Failure;

    private static IEnumerable<Operation> PathOf(Operation.Txn txn, Dictionary<Operation.Txn, bool> taken) =>
        Branch(txn, taken)
            .SelectMany(operation => operation is Operation.Txn nested ? PathOf(nested, taken) : [operation]);

    private OperationResult ExecuteBranch(Operation.Txn txn, Dictionary<Operation.Txn, bool> taken) => new()
    {
        Succeeded = taken[txn],
        Responses = Branch(txn, taken).Select(operation => operation switch
        {
            Operation.Put put => ExecutePut(put),
            Operation.DeleteRange delete => ExecuteDelete(delete),
            Operation.Range range => ExecuteRange(range),
            Operation.Txn nested => ExecuteBranch(nested, taken),
            _ => throw new UnreachableException($"{operation} in a transaction"),
        }).ToList(),
    };

    /// <summary>Every key of the interval must satisfy; a missing one compares as zeros, a value never.</summary>
    private bool Holds(Comparison comparison)
    {
        List<KeyValue> found = FindAll(comparison.Key, comparison.RangeEnd, Revision).ToList();
        if (found.Count == 0)
        {
            var zeros = new KeyValue(comparison.Key);
            return comparison.Target != ComparisonTarget.Value && Holds(comparison, zeros);
        }

        return found.TrueForAll(keyValue => Holds(comparison, keyValue));
    }

    private static bool Holds(Comparison comparison, KeyValue keyValue)
    {
        // An operand of another target than the one named counts as absent, so as zero or empty.
        bool given = comparison.Operand == comparison.Target;
        long number = given ? comparison.Number : 0;
        string value = given ? comparison.Value : "";
        int order = comparison.Target switch
        {
            ComparisonTarget.Version => keyValue.Version.CompareTo(number),
            ComparisonTarget.Create => keyValue.CreateRevision.CompareTo(number),
            ComparisonTarget.Mod => keyValue.ModRevision.CompareTo(number),
            ComparisonTarget.Value => string.CompareOrdinal(keyValue.Value, value),
            ComparisonTarget.Lease => keyValue.Lease.CompareTo(number),
            _ => 0,
        };
        return comparison.Result switch
        {
            ComparisonResult.Equal => order == 0,
            ComparisonResult.Greater => order > 0,
            ComparisonResult.Less => order < 0,
            ComparisonResult.NotEqual => order != 0,
            _ => true,
        };
    }
}
