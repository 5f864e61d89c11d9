using BenchmarkDotNet.Attributes;
using Keelson.Base.Identity;
using Keelson.Base.Memory;
using Keelson.Store.History;

namespace Keelson.Bench.Micro.Benchmarks;

/// <summary>The history's memory tail: changes of 330 bytes, a batch end after each 64.</summary>
public class HistoryBenchmarks
{
    private const int Changes = 6400;
    private const int BatchChanges = 64;
    private const int ChangeBytes = 330;

    private readonly int[] _order = MicroData.Shuffled(Changes);
    private readonly EpochGate _epochs = new();
    private HistoryStore? _history;

    [GlobalSetup]
    public void Fill()
    {
        _history = new HistoryStore(new HistoryOptions(), _epochs, new DiscardingDisk(), HistoryState.Empty);
        AppendTo(_history);
    }

    [GlobalCleanup]
    public void Free() => _history?.Dispose();

    [Benchmark(OperationsPerInvoke = Changes)]
    public ulong Append()
    {
        using var epochs = new EpochGate();
        using var history = new HistoryStore(new HistoryOptions(), epochs, new DiscardingDisk(), HistoryState.Empty);
        return AppendTo(history);
    }

    [Benchmark(OperationsPerInvoke = Changes)]
    public long Read()
    {
        using EpochPin pin = _epochs.Enter();
        long bytes = 0;
        foreach (int index in _order)
        {
            bytes += _history!.Read(new ChangeRevision(index + 2, 0)).Length;
        }

        return bytes;
    }

    [Benchmark(OperationsPerInvoke = Changes)]
    public long Walk()
    {
        using EpochPin pin = _epochs.Enter();
        var cursor = new HistoryCursor(_history!);
        cursor.Seek(new Revision(2));
        long bytes = 0;
        while (cursor.TryNext(new Revision(Changes + 1), out HistoryFrame frame))
        {
            bytes += frame.KeyValue.Length;
        }

        return bytes;
    }

    private static ulong AppendTo(HistoryStore history)
    {
        ulong hash = 0;
        for (int index = 0; index < Changes; index++)
        {
            history.Append(new ChangeRevision(index + 2, 0), HistoryFlags.None, ChangeBytes).Fill(7);
            if ((index + 1) % BatchChanges == 0)
            {
                hash = history.EndBatch(new LogIndex((index + 1) / BatchChanges), new Term(1), index);
            }
        }

        return hash;
    }
}
