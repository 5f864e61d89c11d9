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

    private bool Adds(ProposalQueue queue, int bytes)
    {
        Proposal proposal = _pool.Rent();
        proposal.Begin(RequestKind.Put, new byte[bytes], null, continuesQuickly: false, CallerPatience.Unlimited);
        Assert.That(queue.TryAdd(proposal, out bool wakes), Is.EqualTo(StoreError.None));
        return wakes;
    }
}
