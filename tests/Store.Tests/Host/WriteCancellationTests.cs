using Keelson.Base.Identity;
using Keelson.Simulation;
using Keelson.Simulation.Disk;

namespace Keelson.Store.Tests.Host;

/// <summary>
/// Whoever cancels a write waits no longer and is told that it may still happen; what was on its way does.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class WriteCancellationTests
{
    private static readonly LeaseId Lease = new(7);

    private readonly LogGate _log = new();

    private static IEnumerable<TestCaseData> Writes =>
    [
        Case("Put", static (store, token) => store.PutAsync("a", "2", null, token).AsTask()),
        Case("PutThatReturns", static (store, token) =>
            store.PutAsync("a", "2", new PutOptions { ReturnPrevious = true }, token).AsTask()),
        Case("Delete", static (store, token) => store.DeleteAsync("a", token).AsTask()),
        Case("Transact", static (store, token) =>
            store.TransactAsync(new Transaction { Then = [Operation.Put("a", "2")] }, token).AsTask()),
        Case("Compact", static (store, token) =>
            store.CompactAsync(store.Revision, physical: true, token).AsTask()),
        Case("Grant", static (store, token) =>
            store.GrantLeaseAsync(TimeSpan.FromHours(1), new LeaseId(8), token).AsTask()),
        Case("Revoke", static (store, token) => store.RevokeLeaseAsync(Lease, token).AsTask()),
        Case("KeepAlive", static (store, token) => store.KeepLeaseAliveAsync(Lease, token).AsTask()),
    ];

    [TestCaseSource(nameof(Writes))]
    public async Task Write_CancelledOnItsWay_SaysThatItMayStillHappen(
        Func<KeyValueStore, CancellationToken, Task> write)
    {
        await using KeyValueStore store = await OpenAsync();
        _log.Shut();
        using var caller = new CancellationTokenSource();
        Task writing = write(store, caller.Token);
        await Patience.UntilAsync(() => _log.IsHolding, "the log write");
        Assert.That(writing.IsCompleted, Is.False);
        await caller.CancelAsync();
        try
        {
            Assert.That(
                async () => await writing.WaitAsync(Patience.Limit),
                Throws.InstanceOf<OperationCanceledException>()
                    .With.Message.Contains("may still happen")
                    .And.Property(nameof(OperationCanceledException.CancellationToken)).EqualTo(caller.Token)
                    .And.InnerException.Property(nameof(StoreException.Error)).EqualTo(StoreError.Canceled));
        }
        finally
        {
            _log.Open();
        }

        Assert.That(writing.IsCanceled, Is.True);
    }

    [Test]
    public async Task Put_CancelledOnItsWay_Happens()
    {
        await using KeyValueStore store = await OpenAsync();
        _log.Shut();
        using var caller = new CancellationTokenSource();
        Task writing = store.PutAsync("a", "2", null, caller.Token).AsTask();
        await Patience.UntilAsync(() => _log.IsHolding, "the log write");
        await caller.CancelAsync();
        await Patience.UntilAsync(() => writing.IsCanceled, "the cancellation");
        _log.Open();
        // Behind it in the log.
        await store.PutAsync("b", "after");
        Assert.That(store.Get("a")?.Value.ToString(), Is.EqualTo("2"));
    }

    [TestCaseSource(nameof(Writes))]
    public async Task Write_CancelledBefore_DoesNotBegin(Func<KeyValueStore, CancellationToken, Task> write)
    {
        await using KeyValueStore store = await OpenAsync();
        Revision revision = store.Revision;
        Assert.That(
            async () => await write(store, new CancellationToken(canceled: true)),
            Throws.InstanceOf<OperationCanceledException>().With.Message.Contains("nothing happened"));
        Assert.That((store.Revision, store.CompactRevision.Value), Is.EqualTo((revision, -1)));
        Assert.That(store.ListLeases(), Is.EqualTo(new[] { Lease }));
    }

    private static TestCaseData Case(string name, Func<KeyValueStore, CancellationToken, Task> write) =>
        new TestCaseData(write).SetArgDisplayNames(name);

    private async Task<KeyValueStore> OpenAsync()
    {
        var disk = new SimulatedDisk(new SeededRandom(1)) { Faults = _log.Pass };
        KeyValueStore store = KeyValueStore.Open(disk, SimulatedEngine.Options);
        await store.PutAsync("a", "1");
        await store.GrantLeaseAsync(TimeSpan.FromHours(1), Lease);
        return store;
    }
}
