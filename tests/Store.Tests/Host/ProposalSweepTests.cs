using Keelson.Base.Codec;
using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.Store.Host;
using Keelson.Store.Mvcc;
using Keelson.Store.Requests;

namespace Keelson.Store.Tests.Host;

/// <summary>
/// Callers are answered though the disk stands still, and what becomes of their memory then touches neither the request
/// in the log nor anybody else's.
/// </summary>
internal sealed class ProposalSweepTests
{
    private const long TimeoutMilliseconds = 1000;
    private const string Key = "key";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly ManualClock _clock = new();
    private readonly object _gate = new();
    private bool _shut;

    [Test]
    public async Task Put_LogStandsStill_TimesOutAndStillHappens()
    {
        await using StoreEngine engine = Open();
        await PutAsync(engine, "before");
        Shut(true);
        byte[] first = Encode("in the batch");
        var response = new ProtoBuffer();
        Task<RequestOutcome> inBatch = ProposeAsync(engine, first, response);
        await SmallDiskStore.UntilAsync(() => IsWriting, "the log write");
        byte[] second = Encode("in the queue");
        Task<RequestOutcome> inQueue = ProposeAsync(engine, second, new ProtoBuffer());

        long waited = await AdvanceUntilAsync(() => inBatch.IsCompleted && inQueue.IsCompleted);
        Assert.Multiple(async () =>
        {
            Assert.That(waited, Is.GreaterThanOrEqualTo(TimeoutMilliseconds));
            Assert.That((await inBatch).Error, Is.EqualTo(StoreError.TimedOut));
            Assert.That((await inQueue).Error, Is.EqualTo(StoreError.TimedOut));
        });

        // The memory is the callers' again, while the batch waits for the disk.
        Encode("IN THE BATCH").CopyTo(first, 0);
        Encode("IN THE QUEUE").CopyTo(second, 0);
        Shut(false);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(index => PutAsync(engine, $"after {index}", $"k{index}")));
        Assert.Multiple(() =>
        {
            Assert.That(Read(engine), Is.EqualTo("in the batch"));
            Assert.That(engine.State.Revision.Value, Is.EqualTo(1 + 2 + 200), "what was in the queue never happened");
        });
    }

    [Test]
    public async Task Put_CallerGone_EndsThoughTheLogStandsStill()
    {
        await using StoreEngine engine = Open();
        await PutAsync(engine, "before");
        Shut(true);
        using var caller = new CancellationTokenSource();
        var patience = new CallerPatience(CallerPatience.Forever, caller.Token);
        Task<RequestOutcome> put =
            engine.ProposeAsync(RequestKind.Put, Encode("gone"), null, false, patience).AsTask();
        await SmallDiskStore.UntilAsync(() => IsWriting, "the log write");
        await caller.CancelAsync();
        await AdvanceUntilAsync(() => put.IsCompleted);
        Shut(false);
        Assert.That((await put).Error, Is.EqualTo(StoreError.Canceled));
    }

    private bool IsWriting { get; set; }

    private StoreEngine Open()
    {
        var disk = new SimulatedDisk(new SeededRandom(1)) { Faults = Pass };
        var options = new StoreOptions { LogSegmentBytes = 4 << 20, Failed = static _ => { } };
        return StoreEngine.Open(disk, options, _clock, new SeededRandom(2));
    }

    private void Shut(bool shut)
    {
        lock (_gate)
        {
            _shut = shut;
            Monitor.PulseAll(_gate);
        }
    }

    private DiskFault Pass(DiskCall call)
    {
        lock (_gate)
        {
            IsWriting = _shut && call.Kind == DiskCallKind.WriteDurable;
            while (_shut && call.Kind == DiskCallKind.WriteDurable)
            {
                Monitor.Wait(_gate);
            }
        }

        return DiskFault.None;
    }

    /// <summary>Lets time pass in small steps; how many milliseconds it took.</summary>
    private async Task<long> AdvanceUntilAsync(Func<bool> condition)
    {
        const long stepMilliseconds = 100;
        long waited = 0;
        await SmallDiskStore.UntilAsync(
            () =>
            {
                bool isMet = condition();
                _clock.Advance(isMet ? 0 : stepMilliseconds);
                waited += isMet ? 0 : stepMilliseconds;
                return isMet;
            },
            "an answer");
        return waited;
    }

    private static byte[] Encode(string value, string key = Key)
    {
        var request = new ProtoBuffer();
        RequestEncoder.Put(request, key, value, null);
        return request.Written.ToArray();
    }

    private static Task<RequestOutcome> ProposeAsync(StoreEngine engine, byte[] request, ProtoBuffer? response)
    {
        var patience = new CallerPatience(TimeoutMilliseconds, CancellationToken.None);
        return engine.ProposeAsync(RequestKind.Put, request, response, false, patience).AsTask();
    }

    private static async Task PutAsync(StoreEngine engine, string value, string key = Key)
    {
        RequestOutcome outcome =
            await engine.ProposeAsync(RequestKind.Put, Encode(value, key), null).AsTask().WaitAsync(Deadline);
        Assert.That(outcome.Error, Is.EqualTo(StoreError.None));
    }

    private static string Read(StoreEngine engine)
    {
        var request = new ProtoBuffer();
        RequestEncoder.Range(request, new RangeQuery { Keys = Key });
        var response = new ProtoBuffer();
        engine.Range(RangeRequest.Parse(request.Written), response, out Base.Identity.Revision current);
        return ResponseDecoder.Range(response.Written, current).KeyValues[0].Value.ToString()!;
    }
}
