using Keelson.Base.Memory;
using Keelson.Store.Mvcc;

namespace Keelson.Store.Host;

/// <summary>
/// Applies committed batches in order, publishes each new root with one store and answers the callers; between batches
/// it trims compacted versions in small slices. Owns the trees and the history's end.
/// </summary>
internal sealed class ApplyLoop
{
    public const long NoLease = long.MaxValue;

    /// <summary>More batches than this on their way: proposing pauses, proposals gather and are then refused.</summary>
    private const int ExpectedBatchesMax = 64;

    /// <summary>
    /// A slice of trimming visits this many entries: well below 200 µs, so that it never shows in a put.
    /// </summary>
    private const int TrimEntriesPerSlice = 128;

    private static readonly TimeSpan HeldPatience = TimeSpan.FromSeconds(1);

    private readonly StateMachine _machine;
    private readonly EpochGate _epochs;
    private readonly BatchPool _batches;
    private readonly Action<StoreState> _published;
    private readonly Action _commitIsAwaited;
    private readonly LeaseDeadlines _deadlines;
    private readonly Action<Batch> _answered;
    private readonly Lock _lock = new();
    private readonly Queue<Batch> _waiting = new();
    private volatile StoreState _state;
    private long _nextLeaseDeadline;
    private Action<StoreState>? _afterBatch;
    private readonly Func<long> _oldestReader;
    private readonly TrimTiming _trimTiming;
    private readonly Func<bool> _mayTrim;
    private readonly IEngineThreads _threads;
    private ILoop? _thread;
    private int _expected;
    private int _queued;

    public ApplyLoop(
        StateMachine machine, StoreState state, EpochGate epochs, BatchPool batches, ApplyEvents events)
    {
        _machine = machine;
        _state = state;
        _epochs = epochs;
        _batches = batches;
        _published = events.Published;
        _commitIsAwaited = events.CommitIsAwaited;
        _oldestReader = events.OldestReader;
        _trimTiming = new TrimTiming(events.Observer);
        _mayTrim = events.MayTrim;
        _threads = events.Threads;
        _deadlines = new LeaseDeadlines(events.Pages);
        _answered = Answered;
        _nextLeaseDeadline = _deadlines.First(state);
    }

    /// <summary>The published root.</summary>
    public StoreState State => _state;

    /// <summary>Cluster time at which the next lease ends; <see cref="NoLease"/> without leases.</summary>
    public long NextLeaseDeadline => Volatile.Read(ref _nextLeaseDeadline);

    /// <summary>True when every batch that was proposed is answered.</summary>
    public bool IsIdle => Volatile.Read(ref _expected) == 0;

    public bool HasRoom => Volatile.Read(ref _expected) < ExpectedBatchesMax;

    /// <summary>How far trimming is. Any thread.</summary>
    public TrimProgress Trimming { get; } = new();

    /// <summary>Which thread to wake when there is work.</summary>
    public void RunOn(ILoop thread) => _thread = thread;

    /// <summary>What trimming waited for may be over.</summary>
    public void Wake() => _thread?.Wake();

    /// <summary>A batch was proposed and will come.</summary>
    public void Expect(Batch batch)
    {
        batch.IsExpected = true;
        Interlocked.Increment(ref _expected);
    }

    /// <summary>
    /// False while so many committed batches wait that more must stay where they are: a member that applies slower than
    /// others write keeps them in its log.
    /// </summary>
    public bool CanTake => Volatile.Read(ref _queued) < ExpectedBatchesMax;

    public void Enqueue(Batch batch)
    {
        lock (_lock)
        {
            _waiting.Enqueue(batch);
            _queued = _waiting.Count;
        }

        _thread?.Wake();
    }

    /// <summary>Fails every committed batch that was not applied; the loop has ended.</summary>
    public void Abandon(Exception failure)
    {
        while (TryTake(out Batch? batch))
        {
            batch!.Fail(failure);
        }
    }

    /// <summary>Calls back once on the apply thread, between batches, with the state as of then.</summary>
    public void Between(Action<StoreState> action)
    {
        Interlocked.Exchange(ref _afterBatch, action);
        _thread?.Wake();
    }

    /// <summary>All that waits, then one slice of trimming; how long to sleep unless woken.</summary>
    public TimeSpan Step()
    {
        // One batch a slice would make batches queue up behind a long compaction: each would wait for 64 slices.
        bool applied = false;
        for (int count = 0; count < ExpectedBatchesMax && TryTake(out Batch? batch); count++)
        {
            Apply(batch!);
            applied = true;
        }

        Interlocked.Exchange(ref _afterBatch, null)?.Invoke(_state);
        if (Trim() || applied)
        {
            return TimeSpan.Zero;
        }

        // A reader that holds trimming up is ended by whoever asks how old it is: ask again, though nobody writes.
        return Trimming.TrimmedTo < _state.CompactRevision ? HeldPatience : Timeout.InfiniteTimeSpan;
    }

    private void Apply(Batch batch)
    {
        try
        {
            Publish(Decide(batch));
        }
        catch (Exception exception)
        {
            batch.Fail(exception);
            throw;
        }

        batch.Answer(_threads, _answered);
    }

    private void Answered(Batch batch)
    {
        bool expected = batch.IsExpected;
        _batches.Return(batch);
        if (expected && Interlocked.Decrement(ref _expected) == ExpectedBatchesMax - 1)
        {
            _commitIsAwaited();
        }
    }

    private StoreState Decide(Batch batch)
    {
        using EpochPin pin = _epochs.Enter();
        batch.BeginApply();
        return _machine.Apply(batch.Index, batch.Term, batch.Payload, batch);
    }

    private bool Trim()
    {
        long readableFrom = Math.Min(_state.CompactRevision, _oldestReader());
        if (!_machine.Trimmer.HasWork(readableFrom))
        {
            _trimTiming.Finish();
            Trimming.Set(readableFrom);
            return false;
        }

        if (!_mayTrim())
        {
            return false;
        }

        _trimTiming.BeginSlice();
        if (TrimSlice(readableFrom))
        {
            Publish(_machine.PublishTrimmed());
        }

        _trimTiming.EndSlice();
        return true;
    }

    private bool TrimSlice(long readableFrom)
    {
        using EpochPin pin = _epochs.Enter();
        return _machine.Trimmer.Step(readableFrom, TrimEntriesPerSlice);
    }

    private void Publish(StoreState state)
    {
        _state = state;
        _epochs.Collect();
        _published(state);
        long deadline = _deadlines.First(state);
        bool isSooner = deadline < _nextLeaseDeadline;
        Volatile.Write(ref _nextLeaseDeadline, deadline);
        if (isSooner)
        {
            _commitIsAwaited();
        }
    }

    private bool TryTake(out Batch? batch)
    {
        bool makesRoom;
        bool taken;
        lock (_lock)
        {
            taken = _waiting.TryDequeue(out batch);
            makesRoom = taken && _queued == ExpectedBatchesMax;
            _queued = _waiting.Count;
        }

        if (makesRoom)
        {
            _commitIsAwaited();
        }

        return taken;
    }
}
