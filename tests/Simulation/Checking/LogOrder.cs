using Keelson.Simulation.Model;

namespace Keelson.Simulation.Checking;

/// <summary>
/// Compares what clients were told with the log that the store decided on: the model, led through the same batches at
/// the same cluster times, gives every answer, leases and alarms included; and the log's order is one of real time.
/// </summary>
internal sealed class LogOrder
{
    private readonly IReadOnlyList<Call> _calls;
    private readonly Dictionary<long, long> _places = [];
    private readonly SortedDictionary<long, LeaseSpan> _alive = [];

    private LogOrder(IReadOnlyList<Call> calls)
    {
        _calls = calls;
    }

    /// <summary>The state behind the whole log.</summary>
    public EtcdModel Model { get; } = new();

    /// <summary>Every lease that ever was, in the order of the grants.</summary>
    public List<LeaseSpan> Leases { get; } = [];

    /// <summary>
    /// What no request changed but the end of a lease, as calls of the store itself: for checks of revisions.
    /// </summary>
    public List<Call> OwnChanges { get; } = [];

    /// <summary>What contradicts the log; null when nothing does.</summary>
    public string? Complaint { get; private set; }

    /// <summary>
    /// Replays the log; calls without an answer learn where they are (<see cref="Call.PlacedRevision"/>).
    /// </summary>
    public static LogOrder Of(IReadOnlyList<Call> calls, IReadOnlyList<LoggedBatch> log)
    {
        var order = new LogOrder(calls);
        foreach (LoggedBatch batch in log)
        {
            order.Complaint ??= order.Replay(batch);
        }

        order.Complaint ??= order.FindMissing() ?? order.CheckRealTime();
        return order;
    }

    private string? Replay(LoggedBatch batch)
    {
        Model.BeginBatch(batch.ClusterTime);
        foreach (long number in batch.Calls)
        {
            if (number < 1 || number > _calls.Count)
            {
                return $"entry {batch.Index} holds call {number}, which nobody made";
            }

            if (Place(_calls[(int)number - 1], batch) is { } complaint)
            {
                return complaint;
            }
        }

        int changes = Model.Changes.Count;
        Model.EndBatch();
        foreach (LeaseSpan lease in _alive.Values.Where(lease => !Model.LeaseIds.Contains(lease.Id)).ToList())
        {
            _alive.Remove(lease.Id);
            lease.Ended.Add(batch.WrittenAt);
        }

        NoteOwnChanges(changes);
        return null;
    }

    private string? Place(Call call, LoggedBatch batch)
    {
        if (!_places.TryAdd(call.Number, _places.Count))
        {
            return $"{call}\nis in the log twice, the second time in entry {batch.Index}";
        }

        if (call.Outcome == CallOutcome.Refused)
        {
            return $"{call}\nis in entry {batch.Index}";
        }

        long before = Model.Revision;
        OperationResult expected = Model.Apply(call.Request);
        NoteLease(call, expected, batch.WrittenAt);
        if (call.Outcome == CallOutcome.Unknown)
        {
            call.PlacedRevision = Model.Revision > before ? Model.Revision : 0;
        }

        return call.Outcome != CallOutcome.Answered || expected.Equals(call.Result)
            ? null
            : $"{call}\nin entry {batch.Index} of the log should be answered\n{expected}";
    }

    private void NoteLease(Call call, OperationResult result, long writtenAt)
    {
        (long, long) renewal = (call.BeganAt, call.Outcome == CallOutcome.Answered ? call.EndedAt : writtenAt);
        if (result.Error != EtcdError.None)
        {
            return;
        }

        switch (call.Request)
        {
            case Operation.LeaseGrant grant:
                var lease = new LeaseSpan(grant.Id, result.TtlSeconds) { Renewals = { renewal } };
                _alive.Add(grant.Id, lease);
                Leases.Add(lease);
                break;
            case Operation.LeaseKeepAlive keepAlive when result.TtlSeconds > 0:
                _alive[keepAlive.Id].Renewals.Add(renewal);
                break;
            case Operation.LeaseRevoke revoke:
                _alive[revoke.Id].IsRevoked = true;
                _alive.Remove(revoke.Id);
                break;
        }
    }

    private void NoteOwnChanges(int first)
    {
        foreach (IGrouping<long, Change> revision in Model.Changes.Skip(first).GroupBy(change => change.Revision))
        {
            List<Operation> deletions =
                [.. revision.Select(change => new Operation.DeleteRange(change.KeyValue.Key, ""))];
            OwnChanges.Add(new Call(0, RevisionOrder.Store, new Operation.Txn([], deletions, []), 0)
            {
                PlacedRevision = revision.Key,
            });
        }
    }

    private string? FindMissing() => _calls
        .Where(call => call.Outcome == CallOutcome.Answered && IsLogged(call.Request))
        .Where(call => !_places.ContainsKey(call.Number))
        .Select(call => $"{call}\nis not in the log: an acknowledged request is lost")
        .FirstOrDefault();

    private string? CheckRealTime()
    {
        List<Call> logged = [.. _calls.Where(call => _places.ContainsKey(call.Number))];
        List<Call> ends = [.. logged.Where(call => call.Returned != Call.Never).OrderBy(call => call.Returned)];
        Call? last = null;
        int ended = 0;
        foreach (Call call in logged.OrderBy(call => call.Invoked))
        {
            for (; ended < ends.Count && ends[ended].Returned < call.Invoked; ended++)
            {
                last = last is null || _places[ends[ended].Number] > _places[last.Number] ? ends[ended] : last;
            }

            if (last is not null && _places[call.Number] < _places[last.Number])
            {
                return $"{call}\nstands in the log before what was finished when it began:\n{last}";
            }
        }

        return null;
    }

    private static bool IsLogged(Operation operation) => operation switch
    {
        Operation.Range or Operation.LeaseTimeToLive or Operation.LeaseLeases => false,
        Operation.Txn txn => txn.Success.Concat(txn.Failure).Any(item => item is not Operation.Range),
        _ => true,
    };
}
