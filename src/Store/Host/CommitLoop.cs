namespace Keelson.Store.Host;

/// <summary>
/// The only way into the store for writes: gathers what waits into batches, has them ordered, and hands committed ones
/// to apply. A batch is what is waiting, never a timer; only a due lease makes a batch of its own.
/// </summary>
internal sealed class CommitLoop(
    ProposalQueue queue, BatchPool batches, IBatchOrder order, ClusterClock clock, ApplyLoop apply)
{
    /// <summary>Longer sleeps would only delay noticing a clock that jumped.</summary>
    private static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a batch may be on its way before a due lease sends another, and after which a pause is one.
    /// </summary>
    private const long SettleMilliseconds = 100;

    private Batch? _gathering;
    private long _lastProposedMilliseconds;
    private long _lastProposedLocalMilliseconds;
    private long _rounds;
    private volatile bool _isBatchWanted;

    /// <summary>Holds batches back while checkpoints cannot follow.</summary>
    public required AdmissionBrake Brake { get; init; }

    /// <summary>Answers callers whose patience ends, also while this loop waits for the disk.</summary>
    public required ProposalSweep Sweep { get; init; }

    /// <summary>Rounds finished; any thread.</summary>
    public long Rounds => Volatile.Read(ref _rounds);

    /// <summary>
    /// Has a batch proposed though nothing waits, unless others see to it that batches come. Any thread; wake this one
    /// after it.
    /// </summary>
    public void WantBatch() => _isBatchWanted = true;

    /// <summary>One round; how long to sleep unless woken.</summary>
    public TimeSpan Step()
    {
        Sweep.Stir();
        TimeSpan patience = Round();
        Volatile.Write(ref _rounds, _rounds + 1);
        return patience;
    }

    private TimeSpan Round()
    {
        PassOnCommitted();
        while (queue.WaitingBytes >= BatchBytesMin(Brake.Wait(clock)) && TryGather())
        {
            Propose();
            PassOnCommitted();
        }

        SettleWhenIdle();
        long pause = Brake.Wait(clock);
        return queue.WakeFrom(BatchBytesMin(pause)) ? Patience(pause) : TimeSpan.Zero;
    }

    private void PassOnCommitted()
    {
        order.Poll();
        while (apply.CanTake && order.TryTakeCommitted(out Batch? committed))
        {
            apply.Enqueue(committed);
        }
    }

    private long BatchBytesMin(long pause) => pause == 0 && apply.HasRoom ? order.BatchBytesMin : long.MaxValue;

    /// <summary>
    /// One more record proves the last ones durable, so that later damage to them is not taken for a torn tail; only
    /// after a pause, because under load the next batch does the same.
    /// </summary>
    private void SettleWhenIdle()
    {
        if (order.NeedsSettling && clock.LocalMilliseconds >= SettleDueMilliseconds)
        {
            order.Settle();
        }
    }

    private long SettleDueMilliseconds => _lastProposedLocalMilliseconds + SettleMilliseconds;

    private bool TryGather()
    {
        _gathering ??= batches.Rent();
        return queue.TryFill(_gathering) || (_isBatchWanted && order.KeepsTime) || IsTimeDue();
    }

    private void Propose()
    {
        Batch batch = _gathering!;
        _gathering = null;
        _isBatchWanted = false;
        _lastProposedMilliseconds = clock.Now;
        _lastProposedLocalMilliseconds = clock.LocalMilliseconds;
        apply.Expect(batch);
        order.Propose(batch, _lastProposedMilliseconds);
        Brake.Proposed(_lastProposedLocalMilliseconds);
    }

    /// <summary>
    /// True when cluster time itself must move: a lease is due, or leases exist and it stood still for long.
    /// </summary>
    private bool IsTimeDue() => order.KeepsTime && clock.Now >= NextTimeMilliseconds();

    private long NextTimeMilliseconds()
    {
        long deadline = apply.NextLeaseDeadline;
        if (deadline == ApplyLoop.NoLease)
        {
            return long.MaxValue;
        }

        // While a batch is on its way, what it ends is unknown: look again soon instead of sending a second one.
        bool settled = apply.State.ClusterTimeMilliseconds >= _lastProposedMilliseconds;
        long wanted = settled ? deadline : Math.Max(deadline, _lastProposedMilliseconds + SettleMilliseconds);
        return Math.Min(wanted, _lastProposedMilliseconds + ClusterClock.StandstillMillisecondsMax);
    }

    /// <summary>What is due while batches are held back waits with them.</summary>
    private TimeSpan Patience(long pause)
    {
        long now = clock.LocalMilliseconds;
        long next = Math.Min(order.DueMilliseconds, pause > 0 ? now + pause : NextTimeLocalMilliseconds(now));
        next = order.NeedsSettling ? Math.Min(next, SettleDueMilliseconds) : next;
        if (next == long.MaxValue)
        {
            return PatienceMax;
        }

        long wait = Math.Clamp(next - now, 1, (long)PatienceMax.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(wait);
    }

    private long NextTimeLocalMilliseconds(long now)
    {
        long next = order.KeepsTime ? NextTimeMilliseconds() : long.MaxValue;
        return next == long.MaxValue ? next : next - clock.Now + now;
    }
}
