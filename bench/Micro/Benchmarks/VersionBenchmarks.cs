using BenchmarkDotNet.Attributes;
using Keelson.Base.Identity;
using Keelson.Base.Memory;
using Keelson.Store.Tree;

namespace Keelson.Bench.Micro.Benchmarks;

/// <summary>What a put does to the tree when its key has a past: 10,000 keys, a hundred versions each.</summary>
public class VersionBenchmarks
{
    private const int Keys = 10_000;
    private const int VersionsOfEach = 100;
    private const int Turn = 1000;

    /// <summary>Puts under one root: what 64 callers make of a batch.</summary>
    private const int Batch = 25;

    private readonly byte[][] _keys = [.. Enumerable.Range(0, Keys).Select(MicroData.Key)];
    private readonly int[] _order = MicroData.Shuffled(Keys);
    private readonly byte[] _payload = new byte[10];
    private readonly EpochGate _epochs = new();
    private PageStore? _pages;
    private EditableTree? _tree;
    private long _revision = 1;

    [GlobalSetup]
    public void Fill()
    {
        _pages = new PageStore(new PageStoreOptions(), _epochs, new DiscardingDisk());
        _tree = new EditableTree(_pages, TreeRoot.Empty);
        for (int version = 0; version < VersionsOfEach; version++)
        {
            Run(Keys);
        }
    }

    [GlobalCleanup]
    public void Free() => _pages?.Dispose();

    /// <summary>A put to a random key, its share of the batch's copies of pages included.</summary>
    [Benchmark(OperationsPerInvoke = Turn)]
    public void PutVersion() => Run(Turn);

    private void Run(int count)
    {
        for (int step = 0; step < count; step++)
        {
            _revision++;
            byte[] key = _keys[_order[_revision % Keys]];
            _tree!.TryFindNewest(key, inserts: true, out _, out _);
            _tree.InsertFound(key, new ChangeRevision(_revision, 0), _payload, live: true);
            if (step % Batch == 0)
            {
                _pages!.Freeze();
                _epochs.Collect();
            }
        }
    }
}
