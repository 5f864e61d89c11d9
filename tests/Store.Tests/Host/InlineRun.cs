using Keelson.Base.Seams;
using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.Store.Tests.Mvcc;
using Model = Keelson.Simulation.Model;

namespace Keelson.Store.Tests.Host;

/// <summary>
/// Random batches, trimming, checkpoints with batches in between, restarts: all decided by the seed, so that the n-th
/// disk call is the same in every run. After a fault the state must be that after a number of whole batches.
/// </summary>
internal sealed class InlineRun
{
    private const int BatchCount = 45;
    private const int BatchOperationsMax = 5;

    private readonly List<(long Time, IReadOnlyList<Model.Operation> Operations)> _batches = [];
    private readonly List<ulong> _chainHashes = [0];
    private readonly ulong _seed;

    /// <summary>Makes the batches and learns, from an engine without a disk, what each leads to.</summary>
    public InlineRun(ulong seed)
    {
        _seed = seed;
        var random = new SeededRandom(seed);
        var model = new Model.EtcdModel();
        var generator = new Model.OperationGenerator(new SeededRandom(seed + 1), Model.GeneratorOptions.InProcess);
        using var engine = DirectEngine.InMemory(splitBytes: 4096);
        long time = 0;
        while (_batches.Count < BatchCount)
        {
            time += random.Below(3) == 0 ? random.Below(4000) : 0;
            _batches.Add((time, NextBatch(generator, model, time, 1 + random.Below(BatchOperationsMax))));
            engine.ApplyBatch(time, _batches[^1].Operations, answered: false);
            _chainHashes.Add(engine.State.ChainHash);
        }
    }

    /// <summary>Runs until the end or until the disk fails; how many batches were acknowledged.</summary>
    public int Run(SimulatedDisk disk, out DiskException? failure)
    {
        var random = new SeededRandom(_seed + 2);
        int acknowledged = 0;
        InlineStore? store = null;
        failure = null;
        try
        {
            store = new InlineStore(disk, random);
            while (acknowledged < _batches.Count)
            {
                Apply(store, ref acknowledged);
                store = Rest(store, disk, random, ref acknowledged);
            }
        }
        catch (DiskException exception)
        {
            failure = exception;
        }
        finally
        {
            store?.Dispose();
        }

        return acknowledged;
    }

    /// <summary>A restart finds the state after a number of whole batches, no fewer than acknowledged.</summary>
    public void Verify(SimulatedDisk disk, int acknowledged)
    {
        using var store = new InlineStore(disk, new SeededRandom(_seed + 3));
        int applied = (int)store.Engine.State.AppliedIndex.Value;
        Assert.That(applied, Is.InRange(acknowledged, _batches.Count));
        Assert.That(store.Engine.State.ChainHash, Is.EqualTo(_chainHashes[applied]));
        ModelComparison.CompareAll(store.Engine, StateAfter(applied));
    }

    private static List<Model.Operation> NextBatch(
        Model.OperationGenerator generator, Model.EtcdModel model, long time, int count)
    {
        var batch = new List<Model.Operation>();
        model.BeginBatch(time);
        while (batch.Count < count)
        {
            Model.Operation operation = generator.Next(model);
            if (CrashWorkload.MayJoin(operation))
            {
                batch.Add(operation);
                model.Apply(operation);
            }
        }

        model.EndBatch();
        return batch;
    }

    private Model.EtcdModel StateAfter(int count)
    {
        var model = new Model.EtcdModel();
        foreach ((long time, IReadOnlyList<Model.Operation> operations) in _batches.Take(count))
        {
            model.ApplyBatch(time, operations);
        }

        return model;
    }

    private void Apply(InlineStore store, ref int acknowledged)
    {
        if (acknowledged < _batches.Count)
        {
            (long time, IReadOnlyList<Model.Operation> operations) = _batches[acknowledged];
            store.Engine.ApplyBatch(time, operations, answered: false);
            acknowledged++;
        }
    }

    private InlineStore Rest(InlineStore store, SimulatedDisk disk, SeededRandom random, ref int acknowledged)
    {
        switch (random.Below(10))
        {
            case < 4:
                store.Engine.Trim(1 + random.Below(10));
                return store;
            case < 6:
                int count = acknowledged;
                store.Checkpoint(() => Apply(store, ref count));
                acknowledged = count;
                return store;
            case 6:
                store.Dispose();
                return new InlineStore(disk, random);
            default:
                return store;
        }
    }
}
