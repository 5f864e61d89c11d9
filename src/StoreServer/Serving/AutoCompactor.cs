using Keelson.Base.Codec;
using Keelson.Raft;
using Keelson.Store;
using Keelson.Store.Host;
using Keelson.Store.Mvcc;
using Keelson.Store.Requests;
using Keelson.StoreServer.Logging;
using Keelson.StoreServer.Options;
using Microsoft.Extensions.Logging;

namespace Keelson.StoreServer.Serving;

/// <summary>
/// Compacts by itself: by count, keeping the last N revisions, looked at every five minutes; or by time, keeping what
/// was written within the window, looked at once per window and at least once an hour (etcd 3.5, v3compactor).
/// </summary>
internal sealed class AutoCompactor
{
    /// <summary>etcd samples ten times within a period, so that the window is kept to a tenth.</summary>
    private const int SamplesPerPeriod = 10;

    private static readonly TimeSpan CountInterval = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan PeriodMax = TimeSpan.FromHours(1);

    private readonly Queue<(long Timestamp, long Revision)> _samples = new();
    private readonly ServedStore _store;
    private readonly CompactionPolicy _policy;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private long _lastCompaction;

    public AutoCompactor(ServedStore store, CompactionPolicy policy, TimeProvider time, ILogger logger)
    {
        _store = store;
        _policy = policy;
        _time = time;
        _logger = logger;
        _lastCompaction = time.GetTimestamp();
    }

    /// <summary>How often <see cref="StepAsync"/> is due.</summary>
    public TimeSpan Interval => _policy.Revisions > 0 ? CountInterval : Period / SamplesPerPeriod;

    private TimeSpan Period => _policy.Window < PeriodMax ? _policy.Window : PeriodMax;

    /// <summary>Runs until the node stops.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                await StepAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    /// <summary>One look at the clock and the revision.</summary>
    public async Task StepAsync()
    {
        if (_store.Replica.Status.Role != RaftRole.Leader)
        {
            // One member is enough, and whoever leads knows the newest revision (etcd 3.5, compactor: Pause, Resume).
            _samples.Clear();
            return;
        }

        StoreState state = _store.Engine.State;
        long target = _policy.Revisions > 0
            ? state.Revision.Value - _policy.Revisions
            : TakeSample(state.Revision.Value);
        if (target <= Math.Max(state.CompactRevision, 0))
        {
            return;
        }

        var request = new ProtoBuffer();
        RequestEncoder.Compaction(request, target, physical: false);
        RequestOutcome outcome = await _store.ProposeAsync(RequestKind.Compact, request.WrittenMemory, body: null);
        request.Release();
        // A compaction by hand may have gone further meanwhile; a full queue is tried again at the next look.
        if (outcome.Error == StoreError.None)
        {
            _logger.AutoCompacted(target);
        }
    }

    /// <summary>The revision that is as old as the window, once per period; 0 when nothing is due.</summary>
    private long TakeSample(long revision)
    {
        long now = _time.GetTimestamp();
        _samples.Enqueue((now, revision));
        long target = 0;
        while (_samples.TryPeek(out (long Timestamp, long Revision) oldest)
            && _time.GetElapsedTime(oldest.Timestamp, now) >= _policy.Window)
        {
            target = oldest.Revision;
            bool isDue = _time.GetElapsedTime(_lastCompaction, now) >= Period;
            if (!isDue)
            {
                return 0;
            }

            _samples.Dequeue();
        }

        if (target > 0)
        {
            _lastCompaction = now;
        }

        return target;
    }
}
