using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Base.Memory;
using Keelson.Base.Seams;
using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.Store.History;
using Keelson.Store.Mvcc;
using Keelson.Store.Requests;
using Keelson.Store.Tree;
using Model = Keelson.Simulation.Model;

namespace Keelson.Store.Tests.Mvcc;

/// <summary>
/// The state machine without host or threads: applies the model's operations in batches and answers them from the
/// published state, as a host would.
/// </summary>
internal sealed class DirectEngine : IDisposable
{
    private readonly PageStore _pages;
    private readonly BatchWriter _batch = new();
    private readonly RangeReader _ranges;
    private readonly TxnReader _txns;
    private readonly LeaseReader _leases;
    private readonly List<IDisposable> _owned = [];
    private StateMachine _machine;

    /// <summary>An engine over parts that stay the caller's.</summary>
    public DirectEngine(PageStore pages, HistoryStore history, StateMachine machine, StoreState state)
    {
        _pages = pages;
        History = history;
        _machine = machine;
        State = state;
        _ranges = new RangeReader(_pages, History, new ListCounts());
        _txns = new TxnReader(_pages, History);
        _leases = new LeaseReader(_pages);
    }

    /// <summary>Called with each batch's index and payload before it is applied: the log.</summary>
    public Action<LogIndex, ReadOnlyMemory<byte>> Log { get; init; } = static (_, _) => { };

    public HistoryStore History { get; }

    public StoreState State { get; private set; }

    public static DirectEngine InMemory(int splitBytes) =>
        InMemory(splitBytes, new HistoryOptions(), new SimulatedDisk(new SeededRandom(1)));

    /// <summary>An engine whose history the caller may bring to <paramref name="disk"/>.</summary>
    public static DirectEngine InMemory(int splitBytes, HistoryOptions options, IDisk disk)
    {
        var epochs = new EpochGate();
        var pages = new PageStore(new PageStoreOptions { SplitBytes = splitBytes, PoisonFreed = true }, epochs, disk);
        var history = new HistoryStore(options, epochs, disk, HistoryState.Empty);
        StoreState state = StoreState.Empty;
        var engine = new DirectEngine(pages, history, new StateMachine(pages, history, state), state);
        engine._owned.AddRange([history, pages, epochs]);
        return engine;
    }

    public void Dispose() => _owned.ForEach(part => part.Dispose());

    /// <summary>Applies what passes validation as one batch; the results are in the operations' order.</summary>
    /// <param name="time">Cluster time in milliseconds.</param>
    /// <param name="operations">Proposals.</param>
    /// <param name="answered">False applies as a replay does: nobody asks for answers, and none is returned.</param>
    public IReadOnlyList<Model.OperationResult> ApplyBatch(
        long time, IReadOnlyList<Model.Operation> operations, bool answered = true)
    {
        var outcomes = new BatchOutcomes();
        var results = new Model.OperationResult?[operations.Count];
        _batch.Clear();
        for (int index = 0; index < operations.Count; index++)
        {
            byte[] request = ModelRequests.Encode(operations[index]);
            StoreError error = ModelRequests.Validate(operations[index], request);
            if (error != StoreError.None)
            {
                results[index] = ModelRequests.Failed(error);
                continue;
            }

            _batch.Add(ModelRequests.KindOf(operations[index]), request);
            outcomes.Expect(operations[index]);
        }

        _batch.Finish(time);
        var entry = new LogIndex(State.AppliedIndex.Value + 1);
        Log(entry, _batch.Payload.ToArray());
        using (_pages.Epochs.Enter())
        {
            State = _machine.Apply(entry, new Term(1), _batch.Payload, answered ? outcomes : null);
        }

        _pages.Epochs.Collect();

        var applied = new Queue<Model.OperationResult>(outcomes.Results);
        return answered ? results.Select(result => result ?? applied.Dequeue()).ToList() : [];
    }

    /// <summary>Keys and payloads of a published tree, in hexadecimal.</summary>
    public IReadOnlyList<(string Key, string Payload)> Entries(TreeRoot root)
    {
        using EpochPin pin = _pages.Epochs.Enter();
        var cursor = new TreeCursor(_pages);
        List<(string, string)> entries = [];
        for (bool more = cursor.SeekFirst(root); more; more = cursor.Next())
        {
            var key = new byte[cursor.KeyLength];
            cursor.CopyKey(key);
            entries.Add((Convert.ToHexString(key), Convert.ToHexString(cursor.Payload)));
        }

        return entries;
    }

    /// <summary>Whether the keys of an interval at a revision are counted without a walk.</summary>
    public bool CountsWithoutWalk(string key, string rangeEnd, long revision, out long count)
    {
        using EpochPin pin = _pages.Epochs.Enter();
        byte[] start = System.Text.Encoding.Latin1.GetBytes(key);
        var interval = new KeyInterval(start, System.Text.Encoding.Latin1.GetBytes(rangeEnd));
        count = TreeCounter.CountLive(_pages, State.Keys, interval.Start, interval.End, interval.ToEnd);
        return EarlierCounter.TryCount(History, ReadView.Of(State), interval, new Revision(revision), ref count);
    }

    /// <summary>Answers a read from the published state.</summary>
    public Model.OperationResult Read(Model.Operation operation)
    {
        using EpochPin pin = _pages.Epochs.Enter();
        return operation switch
        {
            Model.Operation.LeaseTimeToLive timeToLive => ReadLease(timeToLive),
            Model.Operation.LeaseLeases => new Model.OperationResult
            {
                Revision = State.Revision.Value,
                Leases = _leases.List(State).Select(id => id.Value).Order().ToList(),
            },
            _ => ReadKeys(operation),
        };
    }

    /// <summary>Removes versions that compaction made unreadable, a few at a time.</summary>
    public void Trim(int entriesMax)
    {
        using EpochPin pin = _pages.Epochs.Enter();
        if (_machine.Trimmer.HasWork(State.CompactRevision))
        {
            _machine.Trimmer.Step(State.CompactRevision, entriesMax);
            State = _machine.PublishTrimmed();
        }
    }

    /// <summary>Goes on from the published state alone, as after a restart: nothing may be kept beside it.</summary>
    public void Restart() => _machine = new StateMachine(_pages, History, State);

    /// <summary>All changes from a revision on, as the history has them.</summary>
    public IReadOnlyList<Model.Change> Changes(long fromRevision)
    {
        using EpochPin pin = _pages.Epochs.Enter();
        var changes = new List<Model.Change>();
        var cursor = new HistoryCursor(History);
        cursor.Seek(new Revision(fromRevision));
        while (cursor.TryNext(State.Revision, out HistoryFrame frame))
        {
            changes.Add(new Model.Change(
                Model.ResponseDecoder.DecodeKeyValue(frame.KeyValue), frame.Revision.Sub, frame.IsTombstone));
        }

        return changes;
    }

    /// <summary>Faults of the tree of versions and of the small trees.</summary>
    public IReadOnlyList<TreeFault> Verify()
    {
        using EpochPin pin = _pages.Epochs.Enter();
        TreeRoot[] roots = [State.Keys, State.Leases, State.LeaseKeys, State.LeaseDeadlines, State.Settings];
        return roots.SelectMany(root => TreeVerifier.Verify(_pages, root).Faults).ToList();
    }

    private Model.OperationResult ReadKeys(Model.Operation operation)
    {
        byte[] request = ModelRequests.Encode(operation);
        var response = new ProtoBuffer();
        StoreError error = ModelRequests.Validate(operation, request);
        if (error == StoreError.None)
        {
            error = operation is Model.Operation.Range
                ? _ranges.Execute(ReadView.Of(State), RangeRequest.Parse(request), response)
                : _txns.Execute(ReadView.Of(State), new TxnRequest(request), response);
        }

        return error == StoreError.None
            ? Model.ResponseDecoder.Decode(operation, response.Written) with { Revision = State.Revision.Value }
            : ModelRequests.Failed(error);
    }

    private Model.OperationResult ReadLease(Model.Operation.LeaseTimeToLive operation)
    {
        var header = new Model.OperationResult { Revision = State.Revision.Value, LeaseId = operation.Id };
        var id = new LeaseId(operation.Id);
        if (!_leases.TryGet(State, id, out LeaseEntry lease))
        {
            return header with { TtlSeconds = -1 };
        }

        List<byte[]> keys = [];
        _leases.CopyKeys(State, id, keys);
        return header with
        {
            TtlSeconds = (lease.DeadlineMilliseconds - State.ClusterTimeMilliseconds) / 1000,
            GrantedTtlSeconds = lease.TtlSeconds,
            Keys = operation.Keys ? keys.Select(System.Text.Encoding.Latin1.GetString).ToList() : [],
        };
    }

    private sealed class BatchOutcomes : IRequestOutcomes
    {
        private readonly List<(Model.Operation Operation, ProtoBuffer Response)> _expected = [];
        private readonly List<Model.OperationResult> _results = [];

        public IReadOnlyList<Model.OperationResult> Results => _results;

        public void Expect(Model.Operation operation) => _expected.Add((operation, new ProtoBuffer()));

        public ProtoBuffer? ResponseOf(int index) => _expected[index].Response;

        public void Decided(int index, StoreError error, Revision revision)
        {
            (Model.Operation operation, ProtoBuffer response) = _expected[index];
            _results.Add(error == StoreError.None
                ? Model.ResponseDecoder.Decode(operation, response.Written) with { Revision = revision.Value }
                : ModelRequests.Failed(error));
        }
    }
}
