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

    private readonly ManualClock _clock = new();
    private readonly LogGate _log = new();

    [Test]
    public async Task Put_LogStandsStill_TimesOutAndStillHappens()
    {
        await using StoreEngine engine = Open();
        await engine.PutAsync(Key, "before");
        _log.Shut();
        byte[] first = Encode("in the batch");
        var response = new ProtoBuffer();
        Task<RequestOutcome> inBatch = ProposeAsync(engine, first, response);
        await Patience.UntilAsync(() => _log.IsHolding, "the log write");
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
        _log.Open();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(index => engine.PutAsync($"k{index}", $"after {index}")));
        Assert.Multiple(() =>
        {
            Assert.That(engine.ReadAll()[Key], Is.EqualTo("in the batch"));
            Assert.That(engine.State.Revision.Value, Is.EqualTo(1 + 2 + 200), "what was in the queue never happened");
        });
    }

    [Test]
    public async Task Put_CallerGone_EndsThoughTheLogStandsStill()
    {
        await using StoreEngine engine = Open();
        await engine.PutAsync(Key, "before");
        _log.Shut();
        using var caller = new CancellationTokenSource();
        var patience = new CallerPatience(CallerPatience.Forever, caller.Token);
        Task<RequestOutcome> put =
            engine.ProposeAsync(RequestKind.Put, Encode("gone"), null, false, patience).AsTask();
        await Patience.UntilAsync(() => _log.IsHolding, "the log write");
        await caller.CancelAsync();
        await AdvanceUntilAsync(() => put.IsCompleted);
        _log.Open();
        Assert.That((await put).Error, Is.EqualTo(StoreError.Canceled));
    }

    private StoreEngine Open()
    {
        var disk = new SimulatedDisk(new SeededRandom(1)) { Faults = _log.Pass };
        return SimulatedEngine.Open(disk, _clock);
    }

    /// <summary>Lets time pass in small steps; how many milliseconds it took.</summary>
    private async Task<long> AdvanceUntilAsync(Func<bool> condition)
    {
        const long stepMilliseconds = 100;
        long waited = 0;
        await Patience.UntilAsync(
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

    private static byte[] Encode(string value)
    {
        var request = new ProtoBuffer();
        RequestEncoder.Put(request, Key, value, null);
        return request.Written.ToArray();
    }

    private static Task<RequestOutcome> ProposeAsync(StoreEngine engine, byte[] request, ProtoBuffer? response)
    {
        var patience = new CallerPatience(TimeoutMilliseconds, CancellationToken.None);
        return engine.ProposeAsync(RequestKind.Put, request, response, false, patience).AsTask();
    }
}
