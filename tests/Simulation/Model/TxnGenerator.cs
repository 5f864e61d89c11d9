using Keelson.Base.Seams;

namespace Keelson.Simulation.Model;

/// <summary>Random transactions, up to three deep. The operations inside come from outside.</summary>
internal sealed class TxnGenerator(IRandom random, KeyGenerator keys, GeneratorOptions options)
{
    private const int DepthMax = 3;

    private readonly Draws _draws = new(random);

    public required Func<Operation.Put> Put { get; init; }

    public required Func<Operation.DeleteRange> Delete { get; init; }

    public required Func<Operation.Range> Range { get; init; }

    public Operation.Txn Next(EtcdModel model)
    {
        Operation.Txn txn = Next(model, DepthMax);
        return options.ForRealEtcd ? ForRealEtcd(txn, HasPut(txn)) : txn;
    }

    private Operation.Txn Next(EtcdModel model, int depth)
    {
        bool onlyRanges = _draws.Percent(12);
        return new Operation.Txn(
            Many(_draws.Below(3), () => NextComparison(model)),
            Many(_draws.Below(5), () => NextOperation(model, depth, onlyRanges)),
            Many(_draws.Below(4), () => NextOperation(model, depth, onlyRanges)));
    }

    private Operation NextOperation(EtcdModel model, int depth, bool onlyRanges) => _draws.Below(100) switch
    {
        _ when onlyRanges => Range(),
        < 45 => Put(),
        < 60 => Delete(),
        < 82 => Range(),
        < 99 when depth > 1 => Next(model, depth - 1),
        < 99 => Range(),
        _ => new Operation.Nothing(),
    };

    private Comparison NextComparison(EtcdModel model)
    {
        (string key, string end) = _draws.Percent(70) ? (keys.Key(), "") : keys.Interval();
        var target = (ComparisonTarget)_draws.Below(5);
        KeyValue current = model.Get(key) ?? new KeyValue(key);
        bool aimed = _draws.Percent(60);
        bool odd = _draws.OneIn(30);
        return new Comparison(odd && _draws.OneIn(3) ? (ComparisonResult)9 : NextResult(aimed), target, key)
        {
            RangeEnd = end,
            Operand = odd ? NextOddOperand() : target,
            Number = aimed ? Number(current, target) : _draws.Between(-1, model.Revision),
            Value = aimed ? current.Value : keys.Value(),
        };
    }

    private ComparisonResult NextResult(bool aimed) =>
        aimed && _draws.Percent(60) ? ComparisonResult.Equal : (ComparisonResult)_draws.Below(4);

    private ComparisonTarget? NextOddOperand() => _draws.OneIn(2) ? null : (ComparisonTarget)_draws.Below(5);

    private static long Number(KeyValue keyValue, ComparisonTarget target) => target switch
    {
        ComparisonTarget.Version => keyValue.Version,
        ComparisonTarget.Create => keyValue.CreateRevision,
        ComparisonTarget.Mod => keyValue.ModRevision,
        _ => keyValue.Lease,
    };

    private static bool HasPut(Operation.Txn txn) => txn.Success.Concat(txn.Failure).Any(operation =>
        operation is Operation.Put || (operation is Operation.Txn nested && HasPut(nested)));

    private static Operation.Txn ForRealEtcd(Operation.Txn txn, bool hasPut) => new(
        txn.Compares,
        txn.Success.Select(operation => ForRealEtcd(operation, hasPut)).ToList(),
        txn.Failure.Select(operation => ForRealEtcd(operation, hasPut)).ToList());

    private static Operation ForRealEtcd(Operation operation, bool hasPut) => operation switch
    {
        // etcd sees no overlap between a delete to the end and a put, so one transaction can delete and make a key. If
        // the put should keep the key's value, etcd panics at once; if a compaction hits just that revision, 3.5.16
        // loses the new version and panics at the next read (mvcc: "range failed to find revision pair").
        Operation.DeleteRange { RangeEnd: KeyInterval.ToEnd } delete when hasPut => delete with { RangeEnd = "" },
        // Of a missing key and a missing lease etcd 3.5 tells the key in a transaction, 3.6 the lease as everywhere.
        Operation.Put { IgnoreValue: true } put => put with { Lease = 0 },
        Operation.Put { IgnoreLease: true } put => put with { Lease = 0 },
        Operation.Txn nested => ForRealEtcd(nested, hasPut),
        _ => operation,
    };

    private static List<T> Many<T>(int count, Func<T> next) => Enumerable.Range(0, count).Select(_ => next()).ToList();
}
