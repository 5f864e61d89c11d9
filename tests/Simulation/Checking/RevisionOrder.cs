using Keelson.Simulation.Model;

namespace Keelson.Simulation.Checking;

/// <summary>
/// Whether a history is linearizable, exactly and in the time of a sort: every answer carries a revision, which is the
/// place in the order that the store claims. So there is no search: the calls are replayed in that order, and the order
/// is compared with real time.
/// </summary>
/// <remarks>
/// Needs of calls without an answer what the log says of them (<see cref="Call.PlacedRevision"/>); those that are not
/// in the log did not happen. A write that changed something is alone at its revision, and writes leave no revision
/// out. Serializable reads may be old, but of nothing that was not yet. What a lease's end deletes are calls of
/// client <see cref="Store"/>.
/// </remarks>
internal static class RevisionOrder
{
    /// <summary>The client of what the store does by itself.</summary>
    public const int Store = -1;

    private const long LongTtlSeconds = 1_000_000_000;

    /// <summary>What contradicts linearizability; null when nothing does.</summary>
    public static string? Check(IReadOnlyList<Call> calls)
    {
        List<Call> placed = [.. calls.Where(call => call.Revision > 0)];
        if (calls.FirstOrDefault(call => call.Succeeded && call.Revision < 1) is { } nowhere)
        {
            return $"{nowhere}\nhas no revision";
        }

        return CheckRealTime(placed) ?? Replay(placed) ?? CompactionOrder.Check(calls);
    }

    /// <summary>
    /// A call sees at least what was finished before it began, a write comes behind it (strictly: the same revision is
    /// another's). With that nothing is seen before its write began, either.
    /// </summary>
    private static string? CheckRealTime(List<Call> placed)
    {
        List<Call> ends = [.. placed.Where(call => call.Returned != Call.Never).OrderBy(call => call.Returned)];
        Call? newest = null;
        int ended = 0;
        foreach (Call call in placed.OrderBy(call => call.Invoked))
        {
            for (; ended < ends.Count && ends[ended].Returned < call.Invoked; ended++)
            {
                newest = newest is null || ends[ended].Revision > newest.Revision ? ends[ended] : newest;
            }

            bool mayBeOld = call.Request is Operation.Range { Serializable: true };
            long least = (newest?.Revision ?? 0) + (ChangesSurely(call) ? 1 : 0);
            if (call.Revision < least && (!mayBeOld || ChangesSurely(call)))
            {
                return $"{call}\nis older than what was finished before it began:\n{newest}";
            }
        }

        return null;
    }

    private static string? Replay(List<Call> placed)
    {
        var model = new EtcdModel();
        foreach (Call call in placed.OrderBy(call => call.Revision).ThenBy(Rank).ThenBy(call => call.Number))
        {
            if (IsElsewhere(call.Request))
            {
                if (model.Revision != call.Revision)
                {
                    return $"{call}\nclaims a revision that nobody made; the newest by then is {model.Revision}";
                }

                continue;
            }

            HaveLeases(model, call.Request);
            OperationResult expected = model.Apply(call.Request);
            bool isAnswered = call.Outcome == CallOutcome.Answered;
            if (expected.Revision != call.Revision || (isAnswered && !expected.Equals(call.Result)))
            {
                return $"{call}\nshould be, behind revision {model.Revision} and all before it:\n{expected}";
            }
        }

        return null;
    }

    /// <summary>What compactions, leases and alarms do is judged by other checks.</summary>
    private static bool IsElsewhere(Operation request) =>
        request is Operation.Compact or Operation.LeaseKeepAlive or Operation.LeaseGrant
            or Operation.LeaseTimeToLive or Operation.LeaseLeases or Operation.Alarm;

    /// <summary>At one revision: who made it, then who may have made it, then who saw it.</summary>
    private static int Rank(Call call) =>
        ChangesSurely(call) ? 0 : call.Request is Operation.LeaseRevoke ? 1 : 2;

    internal static bool ChangesSurely(Call call) =>
        call.Succeeded ? Changed(call.Request, call.Result!) : call.PlacedRevision > 0;

    private static bool Changed(Operation request, OperationResult result) => request switch
    {
        Operation.Put => true,
        Operation.DeleteRange => result.Deleted > 0,
        Operation.Txn txn => (result.Succeeded ? txn.Success : txn.Failure)
            .Zip(result.Responses).Any(each => Changed(each.First, each.Second)),
        _ => false,
    };

    /// <summary>Leases are somebody else's matter: whoever names one is believed that it exists.</summary>
    private static void HaveLeases(EtcdModel model, Operation request)
    {
        switch (request)
        {
            case Operation.Put { Lease: not 0 } put when !model.LeaseIds.Contains(put.Lease):
                model.Apply(new Operation.LeaseGrant(put.Lease, LongTtlSeconds));
                break;
            case Operation.LeaseRevoke revoke when !model.LeaseIds.Contains(revoke.Id):
                model.Apply(new Operation.LeaseGrant(revoke.Id, LongTtlSeconds));
                break;
            case Operation.Txn txn:
                foreach (Operation inner in txn.Success.Concat(txn.Failure))
                {
                    HaveLeases(model, inner);
                }

                break;
        }
    }
}
