using BenchmarkDotNet.Attributes;
using Keelson.Bench.Micro.Durable;

namespace Keelson.Bench.Micro.Benchmarks;

/// <summary>One batch of 64 requests of 330 bytes through the log: staged, written, complete.</summary>
public class LogBenchmarks
{
    private KeelsonLog? _log;
    private DurableFolder? _folder;
    private KeelsonLog? _durable;

    [GlobalSetup(Target = nameof(Stage))]
    public void Open() => _log = KeelsonLog.Open(new DiscardingDisk());

    [GlobalSetup(Target = nameof(StageDurably))]
    public void OpenDurable()
    {
        _folder = new DurableFolder("log");
        _durable = KeelsonLog.Open(_folder.Disk);
    }

    [GlobalCleanup]
    public void Close()
    {
        _log?.Dispose();
        _durable?.Dispose();
        _folder?.Dispose();
    }

    /// <summary>To a disk that discards: the CPU of encoding, checksums and bookkeeping.</summary>
    [Benchmark]
    public void Stage() => _log!.Commit();

    /// <summary>To the file system, durably.</summary>
    [Benchmark]
    public void StageDurably() => _durable!.Commit();
}
