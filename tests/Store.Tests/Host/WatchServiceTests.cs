using Keelson.Base.Identity;
using Keelson.Base.Memory;
using Keelson.Simulation;
using Keelson.Store.Host;
using Keelson.Store.Mvcc;
using Keelson.Store.Tests.Mvcc;
using Keelson.Store.Watch;
using Model = Keelson.Simulation.Model;

namespace Keelson.Store.Tests.Host;

/// <summary>What a watch is owed while the hub's thread is late: here it never runs by itself.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class WatchServiceTests : IDisposable
{
    private readonly DirectEngine _engine = DirectEngine.InMemory(splitBytes: 4096);
    private readonly EpochGate _epochs = new();
    private readonly WatchService _service;

    public WatchServiceTests()
    {
        StoreState state = _engine.State;
        var nothingCompacted = new Revision(-1);
        var hub = new WatchHub(
            _engine.History, new NothingBefore(), new WatchOptions(), state.Revision, nothingCompacted);
        _service = new WatchService(hub, state, _epochs, new ManualClock(), TimeSpan.FromMinutes(1));
    }

    public void Dispose()
    {
        _engine.Dispose();
        _epochs.Dispose();
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Create_FromNowOn_BeginsBehindWhatWasPublished(bool opensFirst)
    {
        WatchSubscription? early = opensFirst ? _service.Open() : null;
        Put("answered before the watch was asked for");
        using WatchSubscription subscription = early ?? _service.Open();
        subscription.Create(new WatchRequest { Key = "\0", RangeEnd = "\0" });
        Put("later");
        _service.Step();

        Assert.That(subscription.TryTake(out WatchItem? created), Is.True);
        Assert.That(created, Is.EqualTo(new WatchItem.Created(0, new Revision(2))));
        Assert.That(subscription.TryTake(out WatchItem? events), Is.True);
        Assert.That(events, Is.TypeOf<WatchItem.Events>().With.Property(nameof(WatchItem.Events.Count)).EqualTo(1));
        Assert.That(events!.HeaderRevision, Is.EqualTo(new Revision(3)));
    }

    [Test]
    public void Published_WithoutStreams_StillMovesTheCompactRevision()
    {
        Put("a");
        Put("b");
        _engine.ApplyBatch(0, [new Model.Operation.Compact(2)]);
        _service.Published(_engine.State);
        _service.Step();
        Assert.That(_service.CompactRevision, Is.EqualTo(new Revision(2)));
    }

    private void Put(string value)
    {
        _engine.ApplyBatch(0, [new Model.Operation.Put("key", value)]);
        _service.Published(_engine.State);
    }

    private sealed class NothingBefore : IPreviousValues
    {
        public ReadOnlySpan<byte> Find(ReadOnlySpan<byte> key, ChangeRevision change) => default;
    }
}
