using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.Store.Host;
using Keelson.Store.Tests.Mvcc;
using Model = Keelson.Simulation.Model;

namespace Keelson.Store.Tests.Host;

public sealed class WatchPreviousValueTests
{
    /// <summary>
    /// A transaction may delete to the end and put (the two are not checked against each other): the put makes the key
    /// anew, and of a creation etcd looks for nothing before (etcd 3.5, api/v3rpc/watch.go: IsCreateEvent).
    /// </summary>
    [Test]
    public async Task Watch_KeyDeletedAndMadeInOneTransaction_CreationHasNoPreviousValue()
    {
        await using StoreEngine engine =
            SimulatedEngine.Open(new SimulatedDisk(new SeededRandom(1)), new ManualClock());
        await engine.PutAsync("b", "old");
        var deleteAndPut = new Model.Operation.Txn(
            [], [new Model.Operation.DeleteRange("a", "\0"), new Model.Operation.Put("b", "new")], []);
        await engine.ProposeAsync(ModelRequests.KindOf(deleteAndPut), ModelRequests.Encode(deleteAndPut), null);

        IReadOnlyList<Model.WatchEvent> events = await WatchReading.ReadAsync(engine, from: 3, count: 2);
        Assert.That(events[0].Previous?.Value, Is.EqualTo("old"), "the deletion's");
        Assert.That(events[1].Previous, Is.Null, "the creation's");
    }
}
