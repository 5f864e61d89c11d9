using BenchmarkDotNet.Attributes;
using Keelson.Base.Identity;
using Keelson.Base.Memory;
using Keelson.Store.Tree;

namespace Keelson.Bench.Micro.Benchmarks;

/// <summary>The tree in memory: 100,000 keys of 30 bytes, payloads of 10.</summary>
public class TreeBenchmarks
{
    private const int Keys = 100_000;
    private const int Built = 10_000;
    private const int Turn = 1000;

    private readonly byte[][] _keys = [.. Enumerable.Range(0, Keys).Select(MicroData.Key)];
    private readonly int[] _order = MicroData.Shuffled(Keys);
    private readonly byte[] _payload = new byte[10];
    private readonly EpochGate _epochs = new();
    private PageStore? _pages;
    private EditableTree? _tree;
    private TreeRoot _root;
    private int _next;

    [GlobalSetup]
    public void Fill()
    {
        _pages = new PageStore(new PageStoreOptions(), _epochs, new DiscardingDisk());
        _tree = new EditableTree(_pages, TreeRoot.Empty);
        foreach (int index in _order)
        {
            _tree.Insert(_keys[index], Revision(index), _payload, live: true);
        }

        _pages.Freeze();
        _root = _tree.Root;
    }

    [GlobalCleanup]
    public void Free() => _pages?.Dispose();

    [Benchmark(OperationsPerInvoke = Built)]
    public long InsertRandom() => Build(random: true);

    [Benchmark(OperationsPerInvoke = Built)]
    public long InsertSequential() => Build(random: false);

    /// <summary>A batch of a thousand updates in place, its copies of pages included.</summary>
    [Benchmark(OperationsPerInvoke = Turn)]
    public void Update()
    {
        for (int step = 0; step < Turn; step++)
        {
            int index = _order[_next++ % Keys];
            _tree!.Replace(_keys[index], Revision(index), _payload, live: true);
        }

        _pages!.Freeze();
        _root = _tree!.Root;
    }

    [Benchmark(OperationsPerInvoke = Turn)]
    public long Get()
    {
        using EpochPin pin = _epochs.Enter();
        var cursor = new TreeCursor(_pages!);
        long found = 0;
        for (int step = 0; step < Turn; step++)
        {
            cursor.Seek(_root, _keys[_order[_next++ % Keys]], new ChangeRevision(long.MaxValue, int.MaxValue));
            found += cursor.Revision.Main;
        }

        return found;
    }

    [Benchmark(OperationsPerInvoke = Turn)]
    public long Count()
    {
        using EpochPin pin = _epochs.Enter();
        long found = 0;
        for (int step = 0; step < Turn; step++)
        {
            byte[] start = _keys[_order[_next++ % Keys]];
            found += TreeCounter.CountLive(_pages!, _root, start, [], toEnd: true);
        }

        return found;
    }

    [Benchmark(OperationsPerInvoke = Keys)]
    public long Scan()
    {
        using EpochPin pin = _epochs.Enter();
        var cursor = new TreeCursor(_pages!);
        long found = 0;
        for (bool more = cursor.SeekFirst(_root); more; more = cursor.Next())
        {
            found += cursor.Payload.Length;
        }

        return found;
    }

    private long Build(bool random)
    {
        using var epochs = new EpochGate();
        using var pages = new PageStore(new PageStoreOptions(), epochs, new DiscardingDisk());
        var tree = new EditableTree(pages, TreeRoot.Empty);
        for (int step = 0; step < Built; step++)
        {
            int index = random ? _order[step] : step;
            tree.Insert(_keys[index], Revision(index), _payload, live: true);
        }

        pages.Freeze();
        return tree.Root.EntryCount;
    }

    private static ChangeRevision Revision(int index) => new(index + 2, 0);
}
