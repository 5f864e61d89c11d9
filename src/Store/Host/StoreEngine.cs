using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Base.Seams;
using Keelson.Store.Mvcc;
using Keelson.Store.Requests;
using Keelson.Store.Watch;

namespace Keelson.Store.Host;

/// <summary>
/// A running store: its parts, its threads, and the calls that servers and the embedding API make. Requests and answers
/// are etcd's messages; an answer is a response's body without its header.
/// </summary>
internal sealed class StoreEngine : IAsyncDisposable
{
    /// <summary>etcd splits fragmented watch responses above --max-request-bytes plus this.</summary>
    private const int FragmentSlackBytes = 512 << 10;

    /// <summary>
    /// How long a stop waits for answers: alone they always come, in a cluster only with a quorum. Longer than any
    /// caller of a server waits.
    /// </summary>
    private static readonly TimeSpan AnswersMax = TimeSpan.FromSeconds(10);

    private readonly StoreOptions _options;
    private readonly StoreParts _parts;
    private readonly IRandom _random;
    private readonly ProposalPool _proposals = new();
    private readonly ProposalQueue _queue;
    private readonly CommitLoop _commit;
    private readonly IEngineThreads _threads;
    private readonly ILoop _commitThread;
    private readonly ILoop _applyThread;
    private readonly ILoop _maintenanceThread;
    private readonly ILoop _watchThread;
    private readonly ILoop _sweepThread;
    private readonly ILogWriters _logWriters;
    private readonly ClusterClock _clock;
    private readonly Maintenance _maintenance;
    private readonly DiskReserve _reserve;
    private readonly GrowthLimits _limits;
    private readonly Lock _stopLock = new();
    private Task? _stop;
    private long _settledRound;
    private Exception? _failure;

    private StoreEngine(StoreOptions options, StoreParts parts, EngineSurroundings surroundings)
    {
        IClock clock = surroundings.Clock;
        _options = options;
        _parts = parts;
        _random = surroundings.Random;
        _threads = surroundings.Threads;
        _clock = new ClusterClock(clock, parts.State.ClusterTimeMilliseconds);
        _queue = new ProposalQueue(options.WaitingBytesMax);
        var batches = new BatchPool(options.Observer);
        var longReaders = new LongReaders(clock);
        _reserve = new DiskReserve(parts);
        var segments = new SegmentKeeper(parts.Disk, _reserve.Fits);
        _limits = new GrowthLimits(parts, _reserve, new ReplayTail(parts, segments));
        Apply = new ApplyLoop(
            parts.Machine, parts.State, parts.Epochs, batches,
            new ApplyEvents(parts.Pages, OnPublished, WakeCommit, longReaders.Oldest)
            {
                MayTrim = () => _limits.MayTrim,
                Threads = _threads,
                Observer = options.Observer,
            });
        _applyThread = _threads.CreateLoop("keelson apply", Apply.Step, Fail);
        Apply.RunOn(_applyThread);
        longReaders.Connect(_applyThread.Wake);
        _logWriters = _threads.CreateLogWriters(parts.Disk, OnWritten, options.Observer);
        var writing = new LogWriting(_logWriters.Submit, WriteHere);
        Order = surroundings.Ordering.Create(new OrderContext(parts, segments, writing, batches)
        {
            Surroundings = surroundings,
            Clock = _clock,
            EntryBytesMax = EntryBytesMax(options),
            Wake = WakeCommit,
        });
        Brake = new AdmissionBrake(_limits.Tail);
        var sweep = new ProposalSweep(_proposals, _queue, _clock);
        _sweepThread = _threads.CreateLoop("keelson sweep", sweep.Step, Fail);
        sweep.RunOn(_sweepThread);
        _commit = new CommitLoop(_queue, batches, Order, _clock, Apply) { Brake = Brake, Sweep = sweep };
        _commitThread = _threads.CreateLoop("keelson commit", _commit.Step, Fail);
        segments.Connect(WakeMaintenance, _commitThread.Wake);
        Watches = OpenWatches(clock);
        _watchThread = _threads.CreateLoop("keelson watch", Watches.Step, Fail);
        Watches.RunOn(_watchThread);
        _maintenance = new Maintenance(parts, Apply, segments, _limits, () => Watches.CompactRevision)
        {
            WantBatch = WantBatch,
        };
        _maintenanceThread = _threads.CreateLoop("keelson maintenance", _maintenance.Step, Fail);
        Readers = new StoreReaders(parts.Pages, parts.History, parts.Epochs, () => Apply.State);
        Snapshots = new StoreSnapshots(parts, Readers, longReaders, () => Apply.State);
    }

    /// <summary>The published root.</summary>
    public StoreState State => Apply.State;

    /// <summary>Bytes of history and tree on disk, dead ones included; what etcd calls the database's size.</summary>
    public long BytesOnDisk => Math.Max(_maintenance.Sizes.OnDiskBytes, BytesInUse);

    /// <summary>Bytes that are alive, what came in the last second included: what the quota counts.</summary>
    public long BytesInUse
    {
        get
        {
            StoreSizes sizes = _maintenance.Sizes;
            return sizes.InUseBytes + _parts.Machine.RecordedBytes - sizes.RecordedBytes;
        }
    }

    /// <summary>What ran in the log's order since the start; reads that did not pass through it are not.</summary>
    public OperationCounts Operations => _parts.Machine.Operations;

    /// <summary>Leases that ended because their time had come, since the start.</summary>
    public long ExpiredLeases => _parts.Machine.ExpiredLeases;

    /// <summary>Versions that compaction took out of the tree, since the start.</summary>
    public long TrimmedVersions => _parts.Machine.Trimmer.RemovedVersions;

    /// <summary>Bytes that the disk can take before its reserve is touched; negative when it is.</summary>
    public long DiskRoomBytes => _reserve.RoomBytes;

    /// <summary>Holds requests back while checkpoints cannot follow.</summary>
    public AdmissionBrake Brake { get; }

    public RequestLimits Limits => new(_options.TransactionOperationsMax, _options.RequestBytesMax);

    public StoreReaders Readers { get; }

    public WatchService Watches { get; }

    public StoreSnapshots Snapshots { get; }

    private ApplyLoop Apply { get; }

    private IBatchOrder Order { get; }

    /// <summary>Opens a directory, replays the log's tail and starts the threads.</summary>
    public static StoreEngine Open(string directory, StoreOptions options)
    {
        options.Check();
        var disk = RealDisk.Open(directory);
        return Open(disk, options, new SystemClock(), new SystemRandom());
    }

    /// <summary>The same on a disk of the caller's; it is closed with the engine.</summary>
    public static StoreEngine Open(IDisk disk, StoreOptions options, IClock clock, IRandom random) =>
        Open(options, new EngineSurroundings(disk, clock, random));

    /// <summary>The same in surroundings of the caller's.</summary>
    public static StoreEngine Open(StoreOptions options, EngineSurroundings surroundings)
    {
        options.Check();
        var parts = StoreParts.Open(surroundings.Disk, options, surroundings.Random, surroundings.Ordering);
        var engine = new StoreEngine(options, parts, surroundings);
        engine.Start();
        return engine;
    }

    /// <summary>
    /// Sends a validated request through the log; completes when it is durable and its outcome is published.
    /// <paramref name="request"/> must not change before that. When it completes with TimedOut or Canceled the request
    /// may still happen: <paramref name="response"/> then belongs to nobody and must not be used again.
    /// </summary>
    /// <param name="kind">What it is.</param>
    /// <param name="request">Its message.</param>
    /// <param name="response">Where the answer's body goes; null when nobody wants it.</param>
    /// <param name="continuesQuickly">
    /// What awaits the outcome never blocks, so it may run in a row with the batch's others: a server's verbs, not an
    /// embedder's code.
    /// </param>
    /// <param name="patience">How long the caller waits; for as long as it takes when left out.</param>
    public ValueTask<RequestOutcome> ProposeAsync(
        RequestKind kind,
        ReadOnlyMemory<byte> request,
        ProtoBuffer? response,
        bool continuesQuickly = false,
        CallerPatience? patience = null)
    {
        Proposal proposal = _proposals.Rent();
        proposal.Begin(kind, request, response, continuesQuickly, patience ?? CallerPatience.Unlimited);
        ValueTask<RequestOutcome> task = proposal.Task;
        bool wakes = false;
        StoreError error = HasDiskRoom(kind, request.Span) ? _queue.TryAdd(proposal, out wakes) : StoreError.NoSpace;
        if (error != StoreError.None)
        {
            proposal.Outcome = new RequestOutcome(error, State.Revision, State.AppliedTerm);
            proposal.Complete();
            return task;
        }

        if (wakes)
        {
            _commitThread.Wake();
        }

        return task;
    }

    /// <summary>
    /// False when the request would store more than the disk can take without its reserve: the proposer's word, apply
    /// knows only the replicated alarm.
    /// </summary>
    public bool HasDiskRoom(RequestKind kind, ReadOnlySpan<byte> request) =>
        _reserve.HasRoom(request.Length + _queue.WaitingBytes) || RequestCost.Of(kind, request) == 0;

    /// <summary>
    /// Completes when a compaction at this revision is applied physically: nothing that it made unreadable is left in
    /// the tree. Waits for long readers (backups), as trimming does.
    /// </summary>
    /// <exception cref="StoreException">Stopped.</exception>
    public Task WaitUntilTrimmedAsync(Revision revision, CancellationToken cancellationToken) =>
        Apply.Trimming.WaitAsync(revision.Value, cancellationToken);

    /// <summary>
    /// Asks for a pass that gives back what compaction set free, beside the requests: more of it than the background
    /// takes by itself, and at once.
    /// </summary>
    public void StartReclaim()
    {
        _maintenance.Pass.Want();
        WakeMaintenance();
    }

    /// <summary>A pass that was asked for goes on.</summary>
    public bool IsReclaiming => _maintenance.Pass.IsOn;

    /// <summary>Answers a RangeRequest from the published root.</summary>
    public StoreError Range(scoped in RangeRequest request, ProtoBuffer response, out Revision current) =>
        Readers.Range(request, response, out current);

    /// <summary>Chooses an id and raises the TTL to the minimum, so that apply has nothing to decide.</summary>
    public StoreError PrepareGrant(long ttlSeconds, LeaseId id, out LeaseRequest grant)
    {
        grant = new LeaseRequest(id.Value, Math.Max(ttlSeconds, _options.LeaseTtlSecondsMin));
        if (ttlSeconds > RequestLimits.LeaseTtlSecondsMax)
        {
            // etcd looks at the TTL when the request's turn has come, behind the alarms (3.5: lessor.go, Grant).
            StoreError alarm = AlarmGuard.Check(State.Alarms, RequestKind.LeaseGrant, default);
            return alarm == StoreError.None ? StoreError.LeaseTtlTooLarge : alarm;
        }

        while (grant.Id == 0)
        {
            // etcd's chosen ids are positive (lease ids are int64 on the wire).
            grant = grant with { Id = (long)(_random.Next() >> 1) };
        }

        return StoreError.None;
    }

    /// <summary>A lease right now, and its keys when asked for; false when it has ended.</summary>
    public bool TryGetLease(LeaseId id, ICollection<byte[]>? keys, out LeaseStatus status)
    {
        bool found = Readers.TryGetLease(id, keys, out LeaseEntry lease);
        long remaining = lease.DeadlineMilliseconds - _clock.Now;
        status = new LeaseStatus(lease.TtlSeconds, Math.Max(0, remaining));
        // Past its deadline it is as good as ended, though the batch that ends it may still be on its way.
        return found && remaining > 0;
    }

    public IReadOnlyList<LeaseId> ListLeases() => Readers.ListLeases();

    /// <summary>
    /// Stops: nothing new is accepted, what was accepted is answered, then a last checkpoint is written.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await StopOnceAsync();
    }

    /// <summary>A batch, or one request of the largest allowed size that travels alone.</summary>
    private static int EntryBytesMax(StoreOptions options) =>
        Math.Max(
            BatchLayout.BatchBytesMax,
            options.RequestBytesMax + BatchLayout.HeaderBytes + BatchLayout.RequestHeaderBytes);

    private void WakeCommit() => _commitThread.Wake();

    private void WantBatch()
    {
        _commit.WantBatch();
        WakeCommit();
    }

    private void WakeMaintenance() => _maintenanceThread.Wake();

    private void Start()
    {
        _applyThread.Start();
        _commitThread.Start();
        _maintenanceThread.Start();
        _watchThread.Start();
        _sweepThread.Start();
    }

    private WatchService OpenWatches(IClock clock)
    {
        StoreState state = _parts.State;
        var hub = new WatchHub(
            _parts.History,
            new PreviousValues(_parts.Pages, _parts.History, () => Apply.State),
            new WatchOptions { FragmentBytesMax = _options.RequestBytesMax + FragmentSlackBytes },
            state.Revision,
            new Revision(state.CompactRevision));
        return new WatchService(hub, state, _parts.Epochs, clock, _options.WatchProgressInterval);
    }

    private Task StopOnceAsync()
    {
        lock (_stopLock)
        {
            return _stop ??= _threads.Run(Stop);
        }
    }

    private void Stop()
    {
        BeginStop();
        SpinWait.SpinUntil(() => IsAnswered, AnswersMax);
        FinishStop();
    }

    /// <summary>The first part of a stop: nothing new is accepted.</summary>
    internal void BeginStop()
    {
        FailAll(_queue.Close(), new StoreException(StoreError.Stopped));
        // A round that had begun before the queue closed may still take proposals; the second one from now did not.
        _settledRound = _commit.Rounds + 2;
    }

    /// <summary>
    /// The second: true once everything that was accepted is answered, to be asked until then; a failed store answers
    /// nothing any more.
    /// </summary>
    internal bool IsAnswered
    {
        get
        {
            _commitThread.Wake();
            return (_commit.Rounds >= _settledRound && Apply.IsIdle) || Volatile.Read(ref _failure) is not null;
        }
    }

    /// <summary>The last: ends the loops, leaves a checkpoint behind and closes everything.</summary>
    internal void FinishStop()
    {
        _commitThread.Dispose();
        _sweepThread.Dispose();
        _logWriters.Dispose();
        _applyThread.Dispose();
        Apply.Trimming.Close(new StoreException(StoreError.Stopped));
        _maintenanceThread.Dispose();
        Watches.Close();
        _watchThread.Dispose();
        Exception? failure = Volatile.Read(ref _failure);
        Order.Abandon(failure ?? new StoreException(StoreError.Stopped));
        Apply.Abandon(failure ?? new StoreException(StoreError.Stopped));
        if (failure is null)
        {
            Order.Finish();
            _maintenance.WriteLastCheckpoint();
            _maintenance.WriteLogEnd();
        }

        Readers.Close();
        _parts.Dispose();
    }

    private void OnWritten(Log.LogWrite write, Exception? exception)
    {
        Written(write, exception);
        _commitThread.Wake();
    }

    private void WriteHere(Log.LogWrite write) => Written(write, _logWriters.Perform(write));

    private void Written(Log.LogWrite write, Exception? exception)
    {
        if (exception is null)
        {
            Order.Written(write);
        }
        else
        {
            Fail(exception);
        }
    }

    private void OnPublished(StoreState state)
    {
        Watches.Published(state);
        Order.Published(state);
        if (_limits.IsCheckpointDue)
        {
            _maintenanceThread.Wake();
        }
    }

    private void Fail(Exception exception)
    {
        if (Interlocked.CompareExchange(ref _failure, exception, null) is null)
        {
            FailAll(_queue.Close(), exception);
            _options.Failed(exception);
            // Whoever still waits for an answer gets the failure once the threads have ended.
            _ = StopOnceAsync();
        }
    }

    private static void FailAll(IReadOnlyList<Proposal> proposals, Exception exception)
    {
        foreach (Proposal proposal in proposals)
        {
            proposal.Fail(exception);
        }
    }
}
