namespace Keelson.Simulation.Model;

/// <summary>
/// What no random sequence against a real etcd can check, because time is real there or because it must not be asked;
/// and, by example, the rules that surprise.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class EtcdModelTests
{
    private readonly EtcdModel _model = new();

    [Test]
    public void Leases_SeveralDue_EndInOrderOfDeadlineEachUnderOneRevision()
    {
        _model.ApplyBatch(0, [new Operation.LeaseGrant(2, 5), new Operation.LeaseGrant(1, 6)]);
        _model.ApplyBatch(0, [Put("d", 1), Put("a", 1), Put("c", 2), Put("b", 2)]);
        long before = _model.Revision;

        _model.ApplyBatch(6000, []);

        Assert.That(
            _model.Changes.Where(change => change.Revision > before)
                .Select(change => (change.KeyValue.Key, change.Revision - before, change.Sub)),
            Is.EqualTo([("b", 1L, 0), ("c", 1L, 1), ("a", 2L, 0), ("d", 2L, 1)]));
        Assert.That(_model.LeaseIds, Is.Empty);
    }

    [Test]
    public void Leases_KeptAliveInTheBatchInWhichTheyWereDue_Live()
    {
        _model.ApplyBatch(0, [new Operation.LeaseGrant(1, 5), new Operation.LeaseGrant(2, 5)]);

        _model.ApplyBatch(5000, [new Operation.LeaseKeepAlive(1)]);

        Assert.That(_model.LeaseIds, Is.EqualTo([1L]));
    }

    [Test]
    public void Leases_OneMillisecondBeforeTheDeadline_Live()
    {
        _model.ApplyBatch(10, [new Operation.LeaseGrant(1, 5)]);

        _model.ApplyBatch(5009, []);

        Assert.That(_model.LeaseIds, Is.EqualTo([1L]));
    }

    [Test]
    public void Watch_FromTheCompactRevision_SeesTheDeleteMadeThere()
    {
        // etcd 19179: the deletion at the compact revision itself must reach a watch that starts there.
        _model.ApplyBatch(0, [Put("a", 0), new Operation.DeleteRange("a", ""), new Operation.Compact(3)]);

        Assert.That(_model.Watch("a", "", 3), Is.EqualTo([new WatchEvent(true, Tombstone("a", 3), null)]));
        Assert.That(_model.Watch("a", "", 2), Is.Null);
    }

    [Test]
    public void Watch_OfAnOverwrite_TellsTheValueOneRevisionEarlier()
    {
        _model.ApplyBatch(0, [Put("a", 0), Put("a", 0)]);

        Assert.That(_model.Watch("a", "", 3)![0].Previous?.ModRevision, Is.EqualTo(2));
    }

    [Test]
    public void Range_LimitAndTargetWithoutOrder_SortsTheFirstKeysOnly()
    {
        _model.ApplyBatch(0, [PutValue("a", "3"), PutValue("b", "2"), PutValue("c", "1")]);
        var range = new Operation.Range("\0", "\0") { Limit = 1, Target = RangeTarget.Value };

        Assert.That(_model.Apply(range).KeyValues[0].Key, Is.EqualTo("b"));
        Assert.That(_model.Apply(range with { Order = RangeOrder.Ascend }).KeyValues[0].Key, Is.EqualTo("c"));
    }

    [Test]
    public void Range_NegativeRevision_IsTheNewestAloneAndCompactedInATxn()
    {
        var range = new Operation.Range("a", "") { Revision = -2 };

        Assert.That(_model.Apply(range).Error, Is.EqualTo(EtcdError.None));
        Assert.That(_model.Apply(new Operation.Txn([], [range], [])).Error, Is.EqualTo(EtcdError.Compacted));
    }

    [Test]
    public void Clone_GoesOnByItself()
    {
        _model.Apply(Put("a", 0));
        EtcdModel clone = _model.Clone();

        clone.Apply(Put("a", 0));

        Assert.That((_model.Revision, clone.Revision), Is.EqualTo((2L, 3L)));
        Assert.That(_model.Get("a")?.Version, Is.EqualTo(1));
    }

    [Test]
    public void Shrinker_OfASequenceThatFailsByTwoOperations_KeepsThose()
    {
        IReadOnlyList<Operation> operations =
            new OperationGenerator(new SeededRandom(3), GeneratorOptions.InProcess).Sequence(_model, 60);
        Operation first = operations[17];
        Operation second = operations[41];

        IReadOnlyList<Operation> shrunk = SequenceShrinker.Shrink(
            operations, tried => tried.Any(item => ReferenceEquals(item, first)) && tried.Contains(second));

        Assert.That(shrunk, Is.EqualTo([first, second]));
    }

    private static Operation.Put Put(string key, long lease) => new(key, "v") { Lease = lease };

    private static Operation.Put PutValue(string key, string value) => new(key, value);

    private static KeyValue Tombstone(string key, long revision) => new(key) { ModRevision = revision };
}
