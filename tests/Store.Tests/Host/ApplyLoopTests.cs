using Keelson.Base.Identity;
using Keelson.Simulation.Disk;
using Keelson.Simulation;
using Keelson.Store.Host;
using Keelson.Store.Tests.Mvcc;
using Model = Keelson.Simulation.Model;

namespace Keelson.Store.Tests.Host;

/// <summary>The order of an apply loop's work; here its rounds are the test's to run.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ApplyLoopTests : IDisposable
{
    private const int Versions = 1_000;

    private readonly StoreParts _parts = StoreParts.Open(
        new SimulatedDisk(new SeededRandom(1)), new StoreOptions { LogSegmentBytes = 64 << 10 }, new SeededRandom(2));
    private readonly BatchPool _batches = new();
    private readonly ApplyLoop _apply;
    private long _lastIndex;

    public ApplyLoopTests()
    {
        var events = new ApplyEvents(_parts.Pages, static _ => { }, static () => { }, static () => long.MaxValue);
        _apply = new ApplyLoop(_parts.Machine, _parts.State, _parts.Epochs, _batches, events);
    }

    public void Dispose() => _parts.Dispose();

    /// <summary>
    /// A slice of trimming a batch made batches queue up behind a compaction of 300,000 revisions: 0.8 s for a put.
    /// </summary>
    [Test]
    public void Step_WhileTrimming_AppliesAllThatWaitsFirst()
    {
        for (int version = 0; version < Versions; version++)
        {
            Enqueue(new Model.Operation.Put("key", "value"));
        }

        Enqueue(new Model.Operation.Compact(Versions));
        while (_apply.State.CompactRevision != Versions)
        {
            _apply.Step();
        }

        Assert.That(_apply.Trimming.TrimmedTo, Is.LessThan(Versions), "too few versions to be between two slices");
        LogIndex before = _apply.State.AppliedIndex;
        for (int batch = 0; batch < 10; batch++)
        {
            Enqueue(new Model.Operation.Put("other", "value"));
        }

        _apply.Step();
        Assert.That(_apply.State.AppliedIndex.Value, Is.EqualTo(before.Value + 10));
        Assert.That(_apply.Trimming.TrimmedTo, Is.LessThan(Versions));
        while (_apply.Step() == TimeSpan.Zero)
        {
        }

        Assert.That(_apply.Trimming.TrimmedTo, Is.EqualTo(Versions));
    }

    private void Enqueue(Model.Operation operation)
    {
        Batch batch = _batches.Rent();
        batch.Writer.Add(ModelRequests.KindOf(operation), ModelRequests.Encode(operation));
        batch.Writer.Finish(0);
        batch.Index = new LogIndex(++_lastIndex);
        batch.Term = new Term(1);
        _apply.Expect(batch);
        _apply.Enqueue(batch);
    }
}
