using Keelson.Base.Seams;

namespace Keelson.Simulation.Model;

/// <summary>
/// Endless random operations over few keys. They depend on the random numbers and on the model's facts only (its
/// revisions, leases and values aim the requests), so a seed gives the same sequence again.
/// </summary>
public sealed class OperationGenerator(IRandom random, GeneratorOptions options)
{
    private const int ProbeTries = 20;

    private readonly Draws _draws = new(random);
    private readonly KeyGenerator _keys = new(random, options);

    /// <summary>The next operation for a store that is where <paramref name="model"/> is.</summary>
    public Operation Next(EtcdModel model)
    {
        if (model.HasAlarm && _draws.Percent(20))
        {
            return NextDisarm();
        }

        return _draws.Below(100) switch
        {
            < 31 => NextPut(model),
            < 38 => NextDelete(),
            < 60 => NextRange(model, nested: false),
            < 84 => NextTxn(model),
            < 87 => NextCompact(model),
            < 96 => NextLease(),
            _ => NextRare(),
        };
    }

    /// <summary>As many operations as asked for, applied to the model as they come.</summary>
    public IReadOnlyList<Operation> Sequence(EtcdModel model, int count)
    {
        var operations = new List<Operation>(count);
        while (operations.Count < count)
        {
            Operation operation = Next(model);
            model.Apply(operation);
            operations.Add(operation);
        }

        return operations;
    }

    private Operation.Put NextPut(EtcdModel model)
    {
        bool ignoreValue = _draws.Percent(12);
        bool ignoreLease = _draws.Percent(12);
        bool careful = _draws.Percent(85);
        string key = _keys.Key();
        for (int tries = 0; (ignoreValue || ignoreLease) && careful && tries < ProbeTries; tries++)
        {
            key = model.Get(key) is null ? _keys.Key() : key;
        }

        return new Operation.Put(key, ignoreValue && careful ? "" : _keys.Value())
        {
            Lease = (ignoreLease && careful) || _draws.Percent(60) ? 0 : Lease(model, careful),
            PreviousKeyValue = _draws.Percent(40),
            IgnoreValue = ignoreValue,
            IgnoreLease = ignoreLease,
        };
    }

    private Operation.DeleteRange NextDelete()
    {
        (string key, string end) = _keys.Interval();
        // The whole keyspace now and then; more often would leave nothing to look at.
        bool wide = end == KeyInterval.ToEnd && !_draws.OneIn(12);
        return new Operation.DeleteRange(key, wide ? "" : end) { PreviousKeyValues = _draws.Percent(50) };
    }

    private Operation.Range NextRange(EtcdModel model, bool nested)
    {
        (string key, string end) = _keys.Interval();
        bool filtered = _draws.Percent(25);
        return new Operation.Range(key, end)
        {
            Limit = _draws.Percent(40) ? _draws.Between(-1, 6) : 0,
            Revision = _draws.Percent(nested ? 80 : 55) ? 0 : ReadRevision(model, nested && _draws.Percent(60)),
            Order = Order(),
            Target = Target(),
            Serializable = _draws.Percent(20),
            KeysOnly = _draws.Percent(20),
            CountOnly = _draws.Percent(10),
            ModRevisionMin = filtered ? Bound(model) : 0,
            ModRevisionMax = filtered ? Bound(model) : 0,
            CreateRevisionMin = filtered ? Bound(model) : 0,
            CreateRevisionMax = filtered ? Bound(model) : 0,
        };
    }

    private RangeOrder Order()
    {
        // etcd 3.5.16 does not check these: it ignores an unknown order and panics over an unknown target.
        bool unknown = !options.ForRealEtcd && _draws.OneIn(200);
        return unknown ? (RangeOrder)7 : (RangeOrder)(_draws.Percent(50) ? 0 : _draws.Below(3));
    }

    private RangeTarget Target()
    {
        bool unknown = !options.ForRealEtcd && _draws.OneIn(200);
        return unknown ? (RangeTarget)9 : (RangeTarget)(_draws.Percent(50) ? 0 : _draws.Below(5));
    }

    private Operation.Txn NextTxn(EtcdModel model)
    {
        if (_draws.OneIn(60))
        {
            return NextLargeTxn(model);
        }

        var shapes = new TxnGenerator(random, _keys, options)
        {
            Put = () => NextPut(model),
            Delete = NextDelete,
            Range = () => NextRange(model, nested: true),
        };
        Operation.Txn txn = shapes.Next(model);
        bool wellFormed = _draws.Percent(85);
        for (int tries = 0; wellFormed && RequestRules.Check(txn) != EtcdError.None && tries < ProbeTries; tries++)
        {
            txn = shapes.Next(model);
        }

        return txn;
    }

    /// <summary>Around the limit of 128, in one level or in two that share it.</summary>
    private Operation.Txn NextLargeTxn(EtcdModel model)
    {
        int inner = _draws.OneIn(2) ? _draws.Below(40) : 0;
        int outer = (int)_draws.Between(127, 129) - inner;
        List<Operation> ranges = Enumerable.Range(0, outer - 1)
            .Select(Operation (_) => new Operation.Range(_keys.Key(), "")).ToList();
        ranges.Add(new Operation.Txn([], ranges.Take(inner).ToList(), [NextPut(model)]));
        return new Operation.Txn([], ranges, []);
    }

    private Operation.Compact NextCompact(EtcdModel model)
    {
        long revision = _draws.Below(8) switch
        {
            0 => model.Revision + _draws.Between(1, 3),
            1 => model.CompactRevision - _draws.Between(0, 2),
            2 => model.Revision,
            _ => _draws.Between(Math.Max(model.CompactRevision, model.Revision - 40), model.Revision),
        };
        return new Operation.Compact(revision) { Physical = _draws.OneIn(2) };
    }

    private Operation NextLease() => _draws.Below(10) switch
    {
        < 4 => new Operation.LeaseGrant(_keys.LeaseId(), Ttl()),
        < 6 => new Operation.LeaseRevoke(_keys.LeaseId()),
        6 => new Operation.LeaseKeepAlive(_keys.LeaseId()),
        7 or 8 => new Operation.LeaseTimeToLive(_keys.LeaseId(), _draws.Percent(70)),
        _ => new Operation.LeaseLeases(),
    };

    private Operation NextRare()
    {
        if (!_draws.OneIn(6))
        {
            return options.ForRealEtcd ? NextLease() : new Operation.AdvanceTime(_draws.Between(0, 4000));
        }

        ulong member = options.ForRealEtcd ? 1UL : (ulong)_draws.Between(1, 2);
        AlarmType type = Alarm(corruptOneIn: 3);
        return _draws.Below(3) switch
        {
            0 => new Operation.Alarm(AlarmVerb.Get, 0, (AlarmType)_draws.Below(3)),
            1 => new Operation.Alarm(AlarmVerb.Activate, member, _draws.OneIn(10) ? AlarmType.None : type),
            _ => new Operation.Alarm(AlarmVerb.Deactivate, member, type),
        };
    }

    private Operation.Alarm NextDisarm() => _draws.OneIn(4)
        ? new Operation.Alarm(AlarmVerb.Get, 0, AlarmType.None)
        : new Operation.Alarm(
            AlarmVerb.Deactivate,
            options.ForRealEtcd ? 1UL : (ulong)_draws.Between(1, 2),
            Alarm(corruptOneIn: 2));

    private AlarmType Alarm(int corruptOneIn)
    {
        if (options.ForRealEtcd)
        {
            return options.AlarmForRealEtcd;
        }

        return _draws.OneIn(corruptOneIn) ? AlarmType.Corrupt : AlarmType.NoSpace;
    }

    private long Ttl()
    {
        if (_draws.OneIn(8))
        {
            return EtcdModel.TtlSecondsMax + _draws.Between(0, 1);
        }

        return options.ForRealEtcd ? _draws.Between(100_000, 200_000) : _draws.Between(-1, 15);
    }

    private long Lease(EtcdModel model, bool careful)
    {
        long lease = _keys.LeaseId();
        return careful && !model.LeaseIds.Contains(lease) ? model.LeaseIds.FirstOrDefault() : lease;
    }

    private long ReadRevision(EtcdModel model, bool careful)
    {
        if (careful)
        {
            return _draws.Between(Math.Max(1, model.CompactRevision), model.Revision);
        }

        return _draws.Below(10) switch
        {
            0 => model.Revision + 1,
            1 => model.Revision + _draws.Between(2, 9),
            2 => model.CompactRevision,
            3 => model.CompactRevision - 1,
            4 => _draws.Between(1, Math.Max(1, model.CompactRevision)),
            5 => -_draws.Between(1, 3),
            6 => model.Revision,
            _ => _draws.Between(Math.Max(1, model.CompactRevision), model.Revision),
        };
    }

    private long Bound(EtcdModel model) => _draws.Below(5) switch
    {
        0 => _draws.Between(-1, 3),
        1 => model.Revision,
        2 => _draws.Between(Math.Max(1, model.Revision - 20), model.Revision + 1),
        _ => 0,
    };
}
