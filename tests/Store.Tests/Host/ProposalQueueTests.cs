using Keelson.Store.Host;
using Keelson.Store.Mvcc;

namespace Keelson.Store.Tests.Host;

/// <summary>When the commit loop is woken: once for what it waits for, never for each proposal.</summary>
public sealed class ProposalQueueTests
{
    private readonly ProposalPool _pool = new();

    [Test]
    public void TryAdd_WakesOnce_UntilTheLoopSleepsAgain()
    {
        var queue = new ProposalQueue(waitingBytesMax: 1000);
        Assert.That(queue.WakeFrom(0), Is.True, "nothing waits: sleep");
        Assert.That(Adds(queue, bytes: 10), Is.True);
        Assert.That(Adds(queue, bytes: 10), Is.False, "the loop is on its way");
        Assert.That(queue.WakeFrom(0), Is.False, "something waits: no sleep");
    }

    [Test]
    public void TryAdd_WakesWhenEnoughWaits()
    {
        var queue = new ProposalQueue(waitingBytesMax: 1000);
        Assert.That(queue.WakeFrom(100), Is.True);
        Assert.That(Adds(queue, bytes: 60), Is.False);
        Assert.That(queue.WakeFrom(100), Is.True, "too little waits");
        Assert.That(Adds(queue, bytes: 40), Is.True);
        Assert.That(queue.WakeFrom(100), Is.False);
        Assert.That(queue.WakeFrom(long.MaxValue), Is.True, "nothing may be proposed, whatever waits");
        Assert.That(Adds(queue, bytes: 500), Is.False);
    }

    [Test]
    public void TryAdd_WakesForARequestWithoutBytes()
    {
        var queue = new ProposalQueue(waitingBytesMax: 1000);
        Assert.That(queue.WakeFrom(0), Is.True);
        Assert.That(Adds(queue, bytes: 0), Is.True, "a compaction at revision 0 is an empty message");
        Assert.That(queue.WakeFrom(0), Is.False);
    }

    /// <summary>A sweep may come between a proposal's begin and its place in the queue.</summary>
    [Test]
    public void TryFill_CallerGoneBeforeItWasQueued_LeavesItOut()
    {
        var queue = new ProposalQueue(waitingBytesMax: 1000);
        Proposal gone = Begin(bytes: 10, Gone);
        Assert.That(_pool.Abandon(nowMilliseconds: 0), Is.True);
        Assert.That(queue.TryAdd(gone, out _), Is.EqualTo(StoreError.None));
        Proposal patient = Begin(bytes: 20, CallerPatience.Unlimited);
        queue.TryAdd(patient, out _);
        var batch = new Batch(observer: null);
        Assert.Multiple(() =>
        {
            Assert.That(queue.TryFill(batch), Is.True);
            Assert.That(batch.Proposals, Is.EqualTo(new[] { patient }));
            Assert.That(queue.WaitingBytes, Is.Zero);
        });
    }

    [Test]
    public void TryFill_OnlyThoseWhoseCallersAreGone_MakesNoBatch()
    {
        var queue = new ProposalQueue(waitingBytesMax: 1000);
        Proposal gone = Begin(bytes: 10, Gone);
        queue.TryAdd(gone, out _);
        _pool.Abandon(nowMilliseconds: 0);
        Assert.That(queue.TryFill(new Batch(observer: null)), Is.False);
    }

    /// <summary>While batches are held back, nobody takes those who gave up out of the queue but the sweep.</summary>
    [Test]
    public void Abandon_QueueFullOfThem_MakesRoom()
    {
        var queue = new ProposalQueue(waitingBytesMax: 100);
        queue.TryAdd(Begin(bytes: 60, Gone), out _);
        queue.TryAdd(Begin(bytes: 40, CallerPatience.Unlimited), out _);
        Proposal next = Begin(bytes: 60, CallerPatience.Unlimited);
        Assert.That(queue.TryAdd(next, out _), Is.EqualTo(StoreError.TooManyRequests));
        queue.Abandon(_pool, nowMilliseconds: 0);
        Assert.Multiple(() =>
        {
            Assert.That(queue.WaitingBytes, Is.EqualTo(40));
            Assert.That(queue.TryAdd(next, out _), Is.EqualTo(StoreError.None));
        });
    }

    private static CallerPatience Gone => new(CallerPatience.Forever, new CancellationToken(canceled: true));

    private Proposal Begin(int bytes, CallerPatience patience)
    {
        Proposal proposal = _pool.Rent();
        proposal.Begin(RequestKind.Put, new byte[bytes], null, continuesQuickly: false, patience);
        return proposal;
    }

    private bool Adds(ProposalQueue queue, int bytes)
    {
        Proposal proposal = Begin(bytes, CallerPatience.Unlimited);
        Assert.That(queue.TryAdd(proposal, out bool wakes), Is.EqualTo(StoreError.None));
        return wakes;
    }
}
