using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Base.Seams;
using Keelson.Simulation;
using Keelson.Store.Host;
using Keelson.Store.Requests;
using Keelson.Store.Tests.Mvcc;
using Model = Keelson.Simulation.Model;

namespace Keelson.Store.Tests.Host;

/// <summary>
/// A workload on a disk that fails somewhere: open, propose, stop, several times over, until the end or the fault. Then
/// what a restart finds must be the state after some number of proposals, and every acknowledged one among them.
/// </summary>
internal sealed class CrashRun(CrashWorkload workload, IDisk disk, ulong seed)
{
    private const int SessionCount = 3;
    private const int InFlightMax = 6;
    private const int PassEvery = 8;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private static readonly EngineTuning BusyTuning = new()
    {
        CheckpointRequests = 12,
        CheckpointBytes = 2 << 10,
        HistorySegmentBytes = 2 << 10,
        HistoryChunkBytes = 512,
        PageSplitBytes = 256,
        PoorTreeSegmentBytesMin = 256,
        MaintenanceInterval = TimeSpan.FromMilliseconds(1),
    };

    private readonly SeededRandom _random = new(seed);
    private readonly ManualClock _clock = new();
    private int _acknowledged;
    private int _proposed;

    /// <summary>Checkpoints every few entries, segments of a few frames: maintenance is always at work.</summary>
    public bool IsBusy { get; init; }

    /// <summary>What ended the run early; null when nothing did.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Runs the workload; what the fault makes of it is in <see cref="Failure"/>.</summary>
    public async Task RunAsync()
    {
        int perSession = workload.Operations.Count / SessionCount;
        for (int session = 1; session <= SessionCount && Failure is null; session++)
        {
            int end = session == SessionCount ? workload.Operations.Count : session * perSession;
            await RunSessionAsync(end);
        }
    }

    /// <summary>
    /// Opens the disk as it is now; what is found must be the state after some number of proposals, no fewer than were
    /// acknowledged. From there the run may go on.
    /// </summary>
    public async Task VerifyAsync()
    {
        StoreEngine engine = StoreEngine.Open(disk, Options, _clock, _random);
        try
        {
            int prefix = FindPrefix(engine);
            Assert.That(prefix, Is.GreaterThanOrEqualTo(_acknowledged), () => Describe(engine));
            await CompareEventsAsync(engine, workload.StateAfter(prefix));
            (_acknowledged, _proposed, Failure) = (prefix, prefix, null);
        }
        finally
        {
            await engine.DisposeAsync().AsTask().WaitAsync(Deadline);
        }
    }

    /// <summary>True when a restart finds what it must; false when it does not, or refuses to start.</summary>
    public async Task<bool> IsWholeAsync()
    {
        try
        {
            StoreEngine engine = StoreEngine.Open(disk, Options, _clock, _random);
            bool whole = FindPrefix(engine) >= _acknowledged;
            await engine.DisposeAsync().AsTask().WaitAsync(Deadline);
            return whole;
        }
        catch (StoreDamageException)
        {
            return false;
        }
    }

    /// <summary>A start that may fail too.</summary>
    public async Task TryOpenAsync()
    {
        try
        {
            await StopAsync(StoreEngine.Open(disk, Options, _clock, _random));
        }
        catch (DiskException)
        {
            // The fault that was asked for: the next start has to cope with what it left.
        }
    }

    private async Task RunSessionAsync(int end)
    {
        StoreEngine? engine = null;
        try
        {
            engine = StoreEngine.Open(disk, Options, _clock, _random);
            while (_proposed < end && Failure is null)
            {
                await ProposeGroupAsync(engine, Math.Min(1 + _random.Below(InFlightMax), end - _proposed));
                if (IsBusy && _random.Below(PassEvery) == 0)
                {
                    engine.StartReclaim();
                }
            }
        }
        catch (DiskException exception)
        {
            Failure ??= exception;
        }
        finally
        {
            await StopAsync(engine);
        }
    }

    /// <summary>Several proposals at once; they are applied in the order in which they were made.</summary>
    private async Task ProposeGroupAsync(StoreEngine engine, int count)
    {
        var waiting = new List<(int Position, ProtoBuffer Response, Task<RequestOutcome> Outcome)>();
        for (int started = 0; started < count; started++)
        {
            Model.Operation operation = workload.Operations[_proposed];
            var response = new ProtoBuffer();
            Task<RequestOutcome> outcome = engine.ProposeAsync(
                ModelRequests.KindOf(operation), ModelRequests.Encode(operation), response).AsTask();
            waiting.Add((_proposed++, response, outcome));
        }

        foreach ((int position, ProtoBuffer response, Task<RequestOutcome> outcome) in waiting)
        {
            try
            {
                CheckAnswer(position, response, await outcome.WaitAsync(Deadline));
            }
            catch (Exception exception) when (exception is DiskException or StoreException)
            {
                Failure ??= exception;
            }
        }
    }

    private void CheckAnswer(int position, ProtoBuffer response, RequestOutcome outcome)
    {
        Model.Operation operation = workload.Operations[position];
        if (outcome.Error == StoreError.Stopped)
        {
            Failure ??= new StoreException(outcome.Error);
            return;
        }

        Model.OperationResult actual = outcome.Error == StoreError.None
            ? Model.ResponseDecoder.Decode(operation, response.Written) with { Revision = outcome.Revision.Value }
            : ModelRequests.Failed(outcome.Error);
        Assert.That(actual, Is.EqualTo(workload.Results[position]), () => operation.ToString());
        Assert.That(_acknowledged, Is.EqualTo(position), "an answer after one that failed: they come in order");
        _acknowledged++;
    }

    private async Task StopAsync(StoreEngine? engine)
    {
        if (engine is null)
        {
            return;
        }

        try
        {
            await engine.DisposeAsync().AsTask().WaitAsync(Deadline);
        }
        catch (DiskException exception)
        {
            Failure ??= exception;
        }
    }

    /// <summary>
    /// A watch from the oldest readable revision sees every event, the deletions at the compact revision among them
    /// (etcd 18089, 19179).
    /// </summary>
    private static async Task CompareEventsAsync(StoreEngine engine, Model.EtcdModel model)
    {
        long from = Math.Max(1, model.CompactRevision);
        IReadOnlyList<Model.WatchEvent> expected = model.Watch("\0", "\0", from)!;
        Assert.That(await WatchReading.ReadAsync(engine, from, expected.Count), Is.EqualTo(expected));
    }

    /// <summary>How many proposals the state holds, no fewer than acknowledged; -1 when it is none of these.</summary>
    private int FindPrefix(StoreEngine engine) =>
        Enumerable.Range(_acknowledged, _proposed - _acknowledged + 1)
            .Reverse()
            .FirstOrDefault(count => Equals(engine, workload.StateAfter(count)), -1);

    private static bool Equals(StoreEngine engine, Model.EtcdModel model)
    {
        bool sameHead = engine.State.Revision.Value == model.Revision
            && engine.State.CompactRevision == model.CompactRevision
            && engine.ListLeases().Select(id => id.Value).Order().SequenceEqual(model.LeaseIds)
            && engine.State.Alarms != Store.Mvcc.AlarmFlags.None == model.HasAlarm;
        for (long revision = Math.Max(1, model.CompactRevision); sameHead && revision <= model.Revision; revision++)
        {
            var all = new Model.Operation.Range("\0", "\0") { Revision = revision };
            sameHead = model.Apply(all).Equals(Read(engine, all));
        }

        return sameHead;
    }

    private static Model.OperationResult Read(StoreEngine engine, Model.Operation.Range range)
    {
        var response = new ProtoBuffer();
        StoreError error = engine.Range(
            RangeRequest.Parse(Model.RequestEncoder.Encode(range)), response, out Revision current);
        return error == StoreError.None
            ? Model.ResponseDecoder.Decode(range, response.Written) with { Revision = current.Value }
            : ModelRequests.Failed(error);
    }

    private string Describe(StoreEngine engine) =>
        $"{_acknowledged} acknowledged of {_proposed} proposed; found revision {engine.State.Revision}, "
        + $"compacted {engine.State.CompactRevision}, applied {engine.State.AppliedIndex}; "
        + $"acknowledged is revision {workload.StateAfter(_acknowledged).Revision}, failed: {Failure?.Message}";

    private StoreOptions Options => new()
    {
        LogSegmentBytes = 2 << 20,
        TailBytesMax = IsBusy ? 1 << 10 : 32 << 20,
        Failed = static _ => { },
        Tuning = IsBusy ? BusyTuning : EngineTuning.Default,
    };
}
