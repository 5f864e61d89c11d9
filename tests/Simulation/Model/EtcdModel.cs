namespace Keelson.Simulation.Model;

/// <summary>
/// etcd 3.5 for one store, as plainly as it can be said: all changes ever made in a list, reads by walking it. Slow on
/// purpose; tests compare the store with it, and real etcd with it too.
/// </summary>
public sealed partial class EtcdModel
{
    private readonly SortedDictionary<string, List<Change>> _versions = new(StringComparer.Ordinal);
    private readonly List<Change> _changes = [];
    private readonly SortedDictionary<long, ModelLease> _leases = [];
    private readonly SortedSet<(ulong Member, AlarmType Type)> _alarms = [];
    private int _sub;

    /// <summary>The newest finished revision; an empty store has 1.</summary>
    public long Revision { get; private set; } = 1;

    /// <summary>The oldest readable revision; -1 before the first compaction.</summary>
    public long CompactRevision { get; private set; } = -1;

    /// <summary>Cluster time in milliseconds.</summary>
    public long Time { get; private set; }

    /// <summary>Every change ever made, compacted ones too, in order.</summary>
    public IReadOnlyList<Change> Changes => _changes;

    public IReadOnlyCollection<long> LeaseIds => _leases.Keys;

    public bool HasAlarm => _alarms.Count > 0;

    /// <summary>What a request inside a transaction sees as current: its own changes included.</summary>
    private long CurrentRevision => _sub > 0 ? Revision + 1 : Revision;

    /// <summary>Applies requests as one batch at a time that never falls.</summary>
    public IReadOnlyList<OperationResult> ApplyBatch(long time, IEnumerable<Operation> operations)
    {
        BeginBatch(time);
        List<OperationResult> results = operations.Select(Apply).ToList();
        EndBatch();
        return results;
    }

    /// <summary>From here on requests are at this cluster time.</summary>
    public void BeginBatch(long time) => Time = Math.Max(Time, time);

    /// <summary>After a batch's requests the leases whose time has come end.</summary>
    public void EndBatch() => Expire();

    /// <summary>Applies one request at the current time.</summary>
    public OperationResult Apply(Operation operation)
    {
        EtcdError error = RequestRules.Check(operation);
        error = error == EtcdError.None ? CheckAlarms(operation) : error;
        if (error != EtcdError.None)
        {
            return OperationResult.Failed(error);
        }

        OperationResult result = Execute(operation);
        EndRequest();
        return result.Error == EtcdError.None ? result with { Revision = Revision } : result;
    }

    /// <summary>The key as it is now; null when it does not exist.</summary>
    public KeyValue? Get(string key) => Find(key, Revision);

    /// <summary>
    /// The events that a watch from <paramref name="startRevision"/> on sees by now; null when that is compacted.
    /// </summary>
    public IReadOnlyList<WatchEvent>? Watch(string key, string rangeEnd, long startRevision)
    {
        if (startRevision < CompactRevision)
        {
            return null;
        }

        return _changes
            .Where(change => change.Revision >= startRevision)
            .Where(change => KeyInterval.Contains(key, rangeEnd, change.KeyValue.Key))
            .Select(change => new WatchEvent(change.Deleted, change.KeyValue, PreviousOf(change)))
            .ToList();
    }

    /// <summary>A copy that goes on by itself: what the store must equal after a crash at this point.</summary>
    public EtcdModel Clone()
    {
        var clone = new EtcdModel { Revision = Revision, CompactRevision = CompactRevision, Time = Time };
        clone._changes.AddRange(_changes);
        foreach ((string key, List<Change> versions) in _versions)
        {
            clone._versions[key] = [.. versions];
        }

        foreach ((long id, ModelLease lease) in _leases)
        {
            clone._leases[id] = lease with { };
        }

        clone._alarms.UnionWith(_alarms);
        return clone;
    }

    private OperationResult Execute(Operation operation) => operation switch
    {
        Operation.Put put => CheckPut(put) is var error and not EtcdError.None
            ? OperationResult.Failed(error)
            : ExecutePut(put),
        Operation.DeleteRange delete => ExecuteDelete(delete),
        Operation.Range range => CheckRevision(range.Revision) is var error and not EtcdError.None
            ? OperationResult.Failed(error)
            : ExecuteRange(range),
        Operation.Txn txn => ExecuteTxn(txn),
        Operation.Compact compact => ExecuteCompact(compact),
        Operation.Alarm alarm => ExecuteAlarm(alarm),
        _ => ExecuteLease(operation),
    };

    private OperationResult ExecuteCompact(Operation.Compact compact)
    {
        if (compact.Revision <= CompactRevision)
        {
            return OperationResult.Failed(EtcdError.Compacted);
        }

        if (compact.Revision > Revision)
        {
            return OperationResult.Failed(EtcdError.FutureRevision);
        }

        CompactRevision = compact.Revision;
        return new OperationResult();
    }

    /// <summary>The value before the change's revision; absent when compacted, and for a key's creation.</summary>
    private KeyValue? PreviousOf(Change change)
    {
        bool creation = !change.Deleted && change.KeyValue.CreateRevision == change.Revision;
        long before = change.Revision - 1;
        return creation || before < CompactRevision ? null : Find(change.KeyValue.Key, before);
    }

    /// <summary>The key as of a revision; null when it did not exist then.</summary>
    private KeyValue? Find(string key, long revision)
    {
        Change? last = _versions.TryGetValue(key, out List<Change>? versions)
            ? versions.LastOrDefault(change => change.Revision <= revision)
            : null;
        return last is null or { Deleted: true } ? null : last.KeyValue;
    }

    private IEnumerable<KeyValue> FindAll(string key, string rangeEnd, long revision) =>
        _versions.Keys
            .Where(candidate => KeyInterval.Contains(key, rangeEnd, candidate))
            .Select(candidate => Find(candidate, revision))
            .OfType<KeyValue>();

    private void Record(KeyValue keyValue, bool deleted)
    {
        var change = new Change(keyValue, _sub++, deleted);
        _changes.Add(change);
        if (!_versions.TryGetValue(keyValue.Key, out List<Change>? versions))
        {
            _versions[keyValue.Key] = versions = [];
        }

        versions.Add(change);
    }

    private void EndRequest()
    {
        Revision = CurrentRevision;
        _sub = 0;
    }
}
