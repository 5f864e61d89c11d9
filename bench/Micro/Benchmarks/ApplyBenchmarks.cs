using BenchmarkDotNet.Attributes;
using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Base.Memory;
using Keelson.Store;
using Keelson.Store.History;
using Keelson.Store.Mvcc;
using Keelson.Store.Tree;

namespace Keelson.Bench.Micro.Benchmarks;

/// <summary>
/// The state machine from a batch's bytes to published answers: 64 requests a batch, a new store each time.
/// </summary>
public class ApplyBenchmarks : IRequestOutcomes
{
    private const int Batches = 100;
    private const int BatchRequests = 64;
    private const int Keys = 2000;

    private readonly byte[][] _puts = Encode(RequestKind.Put, MicroData.Put);
    private readonly byte[][] _txns = Encode(RequestKind.Txn, MicroData.Txn);
    private readonly ProtoBuffer _response = new();
    private long _refused;

    ProtoBuffer? IRequestOutcomes.ResponseOf(int index)
    {
        _response.Clear();
        return _response;
    }

    void IRequestOutcomes.Decided(int index, StoreError error, Revision revision) =>
        _refused += error == StoreError.None ? 0 : 1;

    [Benchmark(OperationsPerInvoke = Batches * BatchRequests)]
    public long Put() => Apply(_puts);

    /// <summary>Every transaction takes its else-branch: a get of a key that is not there.</summary>
    [Benchmark(OperationsPerInvoke = Batches * BatchRequests)]
    public long TxnElse() => Apply(_txns);

    private long Apply(byte[][] batches)
    {
        using var epochs = new EpochGate();
        var disk = new DiscardingDisk();
        using var pages = new PageStore(new PageStoreOptions(), epochs, disk);
        using var history = new HistoryStore(new HistoryOptions(), epochs, disk, HistoryState.Empty);
        var machine = new StateMachine(pages, history, StoreState.Empty);
        for (int index = 0; index < batches.Length; index++)
        {
            machine.Apply(new LogIndex(index + 1), new Term(1), batches[index], this);
        }

        return _refused;
    }

    private static byte[][] Encode(RequestKind kind, Func<int, byte[]> message)
    {
        int[] order = MicroData.Shuffled(Batches * BatchRequests);
        var writer = new BatchWriter();
        var batches = new byte[Batches][];
        for (int batch = 0; batch < Batches; batch++)
        {
            writer.Clear();
            for (int request = 0; request < BatchRequests; request++)
            {
                writer.Add(kind, message(order[(batch * BatchRequests) + request] % Keys));
            }

            writer.Finish(batch);
            batches[batch] = writer.Payload.ToArray();
        }

        return batches;
    }

    private static byte[][] Encode(RequestKind kind, Func<int, int, byte[]> message) =>
        Encode(kind, index => message(index, MicroData.ValueBytes));
}
