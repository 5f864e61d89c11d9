using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.Store.History;
using Keelson.Store.Tests.History;
using Model = Keelson.Simulation.Model;

namespace Keelson.Store.Tests.Mvcc;

/// <summary>Counts at earlier revisions from what changed since are those of the model, which walks.</summary>
public sealed class EarlierCounterTests
{
    private const int Steps = 600;
    private const int KeyCount = 60;
    private static readonly (string Start, string End)[] Intervals =
        [("\0", "\0"), ("k", "l"), ("k2", "k5"), ("k3\0", "\0"), ("k10", "k11"), ("x", "z")];

    private static readonly HistoryOptions Tiny = new()
    {
        SegmentBytesMax = 8 << 10,
        ChunkBytes = 1 << 10,
        TailBytesMax = 4 << 10,
        IndexStrideBytes = 256,
    };

    // Method: changes of all kinds, compactions, trimming and checkpoints that shorten the tail; after each step a few
    // revisions are counted in several intervals, in both ways.
    [Test]
    public void Counts_AtEveryReadableRevision_AreTheModels([Range(1, 8)] int seed)
    {
        var random = new SeededRandom((ulong)seed);
        var model = new Model.EtcdModel();
        var disk = new SimulatedDisk(new SeededRandom((ulong)seed));
        var host = new HistoryHost(disk);
        using var engine = DirectEngine.InMemory(splitBytes: 256, Tiny, disk);
        int counted = 0;
        int refused = 0;
        for (int step = 0; step < Steps; step++)
        {
            Change(engine, model, NextChange(random, model));
            if (random.Below(4) == 0)
            {
                engine.Trim(entriesMax: 5);
                host.Checkpoint(engine.History);
                engine.History.Trim();
            }

            long oldest = Math.Max(1, model.CompactRevision);
            long distance = Math.Min(model.Revision - oldest, random.Below(60));
            bool isQuick = CompareAll(engine, model, model.Revision - distance);
            (counted, refused) = isQuick ? (counted + 1, refused) : (counted, refused + 1);
        }

        Assert.That(counted, Is.GreaterThan(Steps / 8), "counted by changes");
        Assert.That(refused, Is.GreaterThan(Steps / 8), "walked");
    }

    [Test]
    public void TryCount_MoreChangesThanKeys_Walks()
    {
        using DirectEngine engine = DirectEngine.InMemory(splitBytes: 256);
        engine.ApplyBatch(0, Enumerable.Repeat<Model.Operation>(new Model.Operation.Put("a", ""), 3).ToList());
        engine.ApplyBatch(0, [new Model.Operation.Put("b", "")]);
        Assert.That(engine.CountsWithoutWalk("\0", "\0", revision: 3, out long count), Is.True);
        Assert.That(count, Is.EqualTo(1));
        Assert.That(engine.CountsWithoutWalk("\0", "\0", revision: 2, out _), Is.False, "3 changes, 2 keys");
    }

    /// <summary>True when all keys were counted without a walk.</summary>
    private static bool CompareAll(DirectEngine engine, Model.EtcdModel model, long revision)
    {
        foreach ((string start, string end) in Intervals)
        {
            var range = new Model.Operation.Range(start, end) { Revision = revision, CountOnly = true };
            Model.OperationResult expected = model.Apply(range);
            ModelComparison.Compare(range, expected, engine.Read(range));
            Model.Operation.Range list = range with { CountOnly = false, Limit = 1 };
            ModelComparison.Compare(list, model.Apply(list), engine.Read(list));
            if (engine.CountsWithoutWalk(start, end, revision, out long count))
            {
                Assert.That(count, Is.EqualTo(expected.Count), $"{start} to {end} at {revision}");
            }
        }

        return engine.CountsWithoutWalk("\0", "\0", revision, out _);
    }

    private static Model.Operation NextChange(SeededRandom random, Model.EtcdModel model) => random.Below(24) switch
    {
        0 when model.Revision > 80 => new Model.Operation.Compact(model.Revision - random.Below(60)),
        1 => new Model.Operation.DeleteRange("k2", "k4"),
        < 5 => new Model.Operation.DeleteRange(NextKey(random), ""),
        < 12 => NextTxn(random, model),
        _ => new Model.Operation.Put(NextKey(random), "value"),
    };

    /// <summary>Several changes of one revision, and behind them a count before any of them.</summary>
    private static Model.Operation.Txn NextTxn(SeededRandom random, Model.EtcdModel model)
    {
        long revision = Math.Max(model.CompactRevision, Math.Max(1, model.Revision - random.Below(20)));
        string[] keys = [.. Enumerable.Range(0, 6).Select(_ => NextKey(random)).Distinct()];
        var changes = keys.Select(key => random.Below(3) == 0
            ? (Model.Operation)new Model.Operation.DeleteRange(key, "")
            : new Model.Operation.Put(key, "value"));
        var count = new Model.Operation.Range("k", "l") { Revision = revision, CountOnly = true };
        return new Model.Operation.Txn([], [.. changes, count], []);
    }

    private static string NextKey(SeededRandom random) => $"k{random.Below(KeyCount)}";

    private static void Change(DirectEngine engine, Model.EtcdModel model, Model.Operation operation)
    {
        IReadOnlyList<Model.OperationResult> expected = model.ApplyBatch(0, [operation]);
        ModelComparison.Compare(operation, expected[0], engine.ApplyBatch(0, [operation])[0]);
    }
}
