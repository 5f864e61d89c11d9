namespace Keelson.Simulation.Model;

public sealed partial class EtcdModel
{
    private EtcdError CheckPut(Operation.Put put)
    {
        if (put.Lease != 0 && !_leases.ContainsKey(put.Lease))
        {
            return EtcdError.LeaseNotFound;
        }

        bool needsKey = put.IgnoreValue || put.IgnoreLease;
        return needsKey && Find(put.Key, CurrentRevision) is null ? EtcdError.KeyNotFound : EtcdError.None;
    }

    private OperationResult ExecutePut(Operation.Put put)
    {
        KeyValue? previous = Find(put.Key, CurrentRevision);
        long revision = Revision + 1;
        var keyValue = new KeyValue(put.Key)
        {
            CreateRevision = previous?.CreateRevision ?? revision,
            ModRevision = revision,
            Version = (previous?.Version ?? 0) + 1,
            Value = put.IgnoreValue ? previous?.Value ?? "" : put.Value,
            Lease = put.IgnoreLease ? previous?.Lease ?? 0 : put.Lease,
        };
        Record(keyValue, deleted: false);
        return new OperationResult
        {
            Revision = revision,
            KeyValues = put.PreviousKeyValue && previous is not null ? [previous] : [],
        };
    }

    private OperationResult ExecuteDelete(Operation.DeleteRange delete)
    {
        List<KeyValue> found = FindAll(delete.Key, delete.RangeEnd, CurrentRevision).ToList();
        foreach (KeyValue keyValue in found)
        {
            Record(new KeyValue(keyValue.Key) { ModRevision = Revision + 1 }, deleted: true);
        }

        return new OperationResult
        {
            Revision = CurrentRevision,
            Deleted = found.Count,
            KeyValues = delete.PreviousKeyValues ? found : [],
        };
    }

    private EtcdError CheckRevision(long revision)
    {
        if (revision > Revision)
        {
            return EtcdError.FutureRevision;
        }

        return revision > 0 && revision < CompactRevision ? EtcdError.Compacted : EtcdError.None;
    }

    private OperationResult ExecuteRange(Operation.Range range)
    {
        long revision = range.Revision > 0 ? range.Revision : CurrentRevision;
        List<KeyValue> all = FindAll(range.Key, range.RangeEnd, revision).ToList();
        var header = new OperationResult { Revision = CurrentRevision, Count = all.Count };
        if (range.CountOnly)
        {
            return header;
        }

        List<KeyValue> sorted = Sort(range, Gather(range, all)).ToList();
        IEnumerable<KeyValue> cut = range.Limit > 0 ? sorted.Take((int)Math.Min(range.Limit, sorted.Count)) : sorted;
        return header with
        {
            KeyValues = cut.Select(keyValue => range.KeysOnly ? keyValue with { Value = "" } : keyValue).ToList(),
            More = range.Limit > 0 && sorted.Count > range.Limit,
        };
    }

    /// <summary>
    /// What is sorted. A limit cuts before sorting when no order is named, even when another target than the key is
    /// (etcd 3.5 to 3.8, rangeLimit): then the first keys are sorted, not the first results of the sorted whole.
    /// </summary>
    private static IEnumerable<KeyValue> Gather(Operation.Range range, List<KeyValue> all)
    {
        bool filtered =
            (range.ModRevisionMin | range.ModRevisionMax | range.CreateRevisionMin | range.CreateRevisionMax) != 0;
        if (range.Order == RangeOrder.None && !filtered && range.Limit > 0)
        {
            return all.Take((int)Math.Min(range.Limit, all.Count) + 1);
        }

        return all.Where(keyValue => Passes(range, keyValue));
    }

    private static bool Passes(Operation.Range range, KeyValue keyValue) =>
        (range.ModRevisionMin == 0 || keyValue.ModRevision >= range.ModRevisionMin)
        && (range.ModRevisionMax == 0 || keyValue.ModRevision <= range.ModRevisionMax)
        && (range.CreateRevisionMin == 0 || keyValue.CreateRevision >= range.CreateRevisionMin)
        && (range.CreateRevisionMax == 0 || keyValue.CreateRevision <= range.CreateRevisionMax);

    /// <summary>Keys come ascending; equal targets keep that order, also when descending.</summary>
    private static IEnumerable<KeyValue> Sort(Operation.Range range, IEnumerable<KeyValue> ascending)
    {
        Comparison<KeyValue> byTarget = range.Target switch
        {
            RangeTarget.Version => (left, right) => left.Version.CompareTo(right.Version),
            RangeTarget.Create => (left, right) => left.CreateRevision.CompareTo(right.CreateRevision),
            RangeTarget.Mod => (left, right) => left.ModRevision.CompareTo(right.ModRevision),
            RangeTarget.Value => (left, right) => string.CompareOrdinal(left.Value, right.Value),
            _ => (left, right) => string.CompareOrdinal(left.Key, right.Key),
        };
        var comparer = Comparer<KeyValue>.Create(byTarget);
        return range.Order == RangeOrder.Descend
            ? ascending.OrderDescending(comparer)
            : ascending.Order(comparer);
    }
}
