using Keelson.Base.Codec;
using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.Store;
using Keelson.Store.Host;
using Keelson.Store.Mvcc;
using Keelson.Store.Requests;
using Keelson.StoreServer.Membership;
using Keelson.StoreServer.Options;
using Keelson.StoreServer.Serving;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keelson.StoreServer.Tests.Serving;

/// <summary>Who is refused for lack of space is told within its patience, whatever becomes of the alarm.</summary>
internal sealed class QuotaGuardTests
{
    private const long TimeoutMilliseconds = 1000;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [TestCase(false)]
    [TestCase(true)]
    public async Task Admit_OverQuotaAndLogStandsStill_IsRefusedInTime(bool callerLeaves)
    {
        var clock = new ManualClock();
        using var stuck = new ManualResetEventSlim(initialState: true);
        var disk = new SimulatedDisk(new SeededRandom(1));
        var options = new StoreOptions { LogSegmentBytes = 4 << 20, Failed = static _ => { } };
        await using StoreEngine engine = StoreEngine.Open(disk, options, clock, new SeededRandom(2));
        var put = new ProtoBuffer();
        RequestEncoder.Put(put, "key", "value", null);
        await engine.ProposeAsync(RequestKind.Put, put.WrittenMemory, null);
        disk.Faults = call => Pass(call, stuck);
        stuck.Reset();

        using var caller = new CancellationTokenSource();
        var guard = new QuotaGuard(quotaBytes: 1, NodeIdentity.Of(new StoreServerOptions()), NullLogger.Instance);
        var calling = new CallerPatience(callerLeaves ? CallerPatience.Forever : TimeoutMilliseconds, caller.Token);
        Assert.That(guard.Admits(engine, RequestKind.Put, put.Written), Is.False);
        Task raised = guard.RaiseAsync(engine, calling).AsTask();
        if (callerLeaves)
        {
            await caller.CancelAsync();
        }

        using var patience = new CancellationTokenSource(Deadline);
        while (!raised.IsCompleted && !patience.IsCancellationRequested)
        {
            // Those who wait are looked at ten times a second.
            clock.Advance(100);
            await Task.Delay(1);
        }

        bool isAnswered = raised.IsCompleted;
        stuck.Set();
        await raised;
        Assert.That(isAnswered, Is.True);
    }

    private static DiskFault Pass(DiskCall call, ManualResetEventSlim stuck)
    {
        if (call.Kind == DiskCallKind.WriteDurable)
        {
            stuck.Wait();
        }

        return DiskFault.None;
    }
}
