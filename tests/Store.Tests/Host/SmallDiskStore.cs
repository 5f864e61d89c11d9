using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.Store.Host;
using Keelson.Store.Mvcc;
using Keelson.Store.Requests;

namespace Keelson.Store.Tests.Host;

/// <summary>
/// An engine on a simulated disk of a few MiB, everything about it as much smaller than usual as the disk is.
/// </summary>
internal sealed class SmallDiskStore : IAsyncDisposable
{
    public const long ReserveBytes = 1 << 20;
    public const int ValueBytes = 8 << 10;
    public const int RequestBytesMax = 64 << 10;
    public const int LogSegmentBytes = 1032 << 10;

    private const long CapacityBytes = 12 << 20;

    private static readonly EngineTuning Tuning = new()
    {
        CheckpointRequests = 1000,
        CheckpointBytes = 512 << 10,
        HistorySegmentBytes = 128 << 10,
        HistoryChunkBytes = 16 << 10,
        PoorTreeSegmentBytesMin = 16 << 10,
        DiskReserveBytesMin = ReserveBytes,
        MaintenanceInterval = TimeSpan.FromMilliseconds(2),
    };

    private Exception? _failure;

    public SmallDiskStore()
    {
        Disk = new SimulatedDisk(new SeededRandom(1)) { CapacityBytes = CapacityBytes };
        Engine = Open();
    }

    public SimulatedDisk Disk { get; }

    public StoreEngine Engine { get; private set; }

    public ManualClock Clock { get; } = new();

    /// <summary>What made the engine stop.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    /// <summary>Puts keys with values that are new each time until one is refused; how many were not.</summary>
    public async Task<int> FillAsync(string prefix)
    {
        int count = 0;
        // More than the disk could ever hold: a store that refuses nothing ends here too.
        for (; count < CapacityBytes / ValueBytes; count++)
        {
            StoreError error = await PutAsync($"{prefix}{count:d6}");
            if (error != StoreError.None)
            {
                Assert.That(error, Is.EqualTo(StoreError.NoSpace));
                break;
            }
        }

        return count;
    }

    public async Task<StoreError> PutAsync(string key, long lease = 0)
    {
        var request = new ProtoBuffer();
        var options = new PutOptions { Lease = new LeaseId(lease) };
        RequestEncoder.Put(request, key, new Bytes(new byte[ValueBytes]), options);
        return await ProposeAsync(RequestKind.Put, request);
    }

    public Task<StoreError> DeleteAsync(KeyRange keys)
    {
        var request = new ProtoBuffer();
        RequestEncoder.DeleteRange(request, keys);
        return ProposeAsync(RequestKind.DeleteRange, request);
    }

    public Task<StoreError> CompactAsync()
    {
        var request = new ProtoBuffer();
        RequestEncoder.Compaction(request, Engine.State.Revision.Value, physical: false);
        return ProposeAsync(RequestKind.Compact, request);
    }

    public async Task<StoreError> ProposeAsync(RequestKind kind, ProtoBuffer request)
    {
        RequestOutcome outcome =
            await Engine.ProposeAsync(kind, request.WrittenMemory, null).AsTask().WaitAsync(Patience.Limit);
        return outcome.Error;
    }

    /// <summary>A stop that may leave the log's tail to the next start, and that start.</summary>
    public async Task ReopenAsync()
    {
        await Engine.DisposeAsync();
        Engine = Open();
    }

    public ValueTask DisposeAsync() => Engine.DisposeAsync();

    private StoreEngine Open()
    {
        var options = new StoreOptions
        {
            RequestBytesMax = RequestBytesMax,
            LogSegmentBytes = LogSegmentBytes,
            TailBytesMax = 32 << 10,
            Tuning = Tuning,
            Failed = exception => Volatile.Write(ref _failure, exception),
        };
        return StoreEngine.Open(Disk, options, Clock, new SeededRandom(2));
    }
}
