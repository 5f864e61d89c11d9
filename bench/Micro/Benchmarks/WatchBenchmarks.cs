using BenchmarkDotNet.Attributes;
using Keelson.Store.Watch;

namespace Keelson.Bench.Micro.Benchmarks;

/// <summary>One event against 10,000 watched keys, and against 10,000 watched prefixes.</summary>
public class WatchBenchmarks
{
    private const int Watches = 10_000;

    private readonly WatchIndex _keys = new();
    private readonly WatchIndex _prefixes = new();
    private readonly byte[][] _events = [.. MicroData.Shuffled(Watches).Select(MicroData.Key)];
    private readonly List<WatchGroup> _found = [];
    private int _next;

    [GlobalSetup]
    public void Fill()
    {
        for (int index = 0; index < Watches; index++)
        {
            byte[] key = MicroData.Key(index);
            byte[] end = [.. key];
            end[^1]++;
            _keys.GetOrAdd(new WatchRange(key, default, WatchFilters.None, false));
            _prefixes.GetOrAdd(new WatchRange(key, end, WatchFilters.None, false));
        }
    }

    [Benchmark]
    public int MatchKey() => Match(_keys);

    [Benchmark]
    public int MatchPrefix() => Match(_prefixes);

    private int Match(WatchIndex index)
    {
        _found.Clear();
        index.Match(_events[_next++ % Watches], _found);
        return _found.Count;
    }
}
