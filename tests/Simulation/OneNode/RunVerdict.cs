using Keelson.Base.Seams;
using Keelson.Simulation.Checking;
using Keelson.Simulation.Model;
using Keelson.Store;
using Keelson.Store.Host;
using Operation = Keelson.Simulation.Model.Operation;
using OperationResult = Keelson.Simulation.Model.OperationResult;

namespace Keelson.Simulation.OneNode;

/// <summary>Judges a run by what clients and watchers were told, the log, and what the store holds.</summary>
internal sealed class RunVerdict(
    IReadOnlyList<Call> calls, IReadOnlyList<LoggedBatch> entries, IReadOnlyList<WatchLog> watches)
{
    private const long Second = 1_000_000;

    /// <summary>Cluster time stands still for 5 s at most; the rest is the way of a batch.</summary>
    private const long LateMicroseconds = 10 * Second;

    /// <summary>At the end every so many revisions one is read whole.</summary>
    private const int RevisionsRead = 40;

    /// <summary>What runs at the end; null when nothing does.</summary>
    public required StoreEngine? Engine { get; init; }

    /// <summary>Time in which the process did not run.</summary>
    public required long Standstill { get; init; }

    /// <summary>The store runs and has to hold everything; else it found damage and says so.</summary>
    public required bool IsWhole { get; init; }

    /// <summary>Bits at rest changed.</summary>
    public required bool HasRot { get; init; }

    /// <summary>The disk had no slow times, so leases end on time.</summary>
    public required bool IsPunctual { get; init; }

    public int ExpiredLeases { get; private set; }

    /// <summary>The first broken promise; null when there is none.</summary>
    public string? Judge(long now)
    {
        var order = LogOrder.Of(calls, entries);
        ExpiredLeases = order.Leases.Count(lease => lease.Ended.Count > 0);
        return order.Complaint
            ?? RevisionOrder.Check([.. order.OwnChanges, .. calls])
            ?? JudgeWatches(order.Model)
            ?? JudgeLeases(order.Leases, now)
            ?? (IsWhole ? JudgeState(Engine!, order.Model) : JudgeRemains(order.Model));
    }

    /// <summary>Damage may be told; what is told all the same has to be right.</summary>
    private string? JudgeRemains(EtcdModel model)
    {
        try
        {
            return HasRot && Engine is not null ? JudgeState(Engine, model) : null;
        }
        catch (Exception exception) when (exception is StoreDamageException or DiskException)
        {
            return null;
        }
    }

    private string? JudgeWatches(EtcdModel truth)
    {
        List<WatchEvent> all = WatchChecks.AllEvents(truth);
        return watches.Select(log => WatchChecks.Check(log, truth, all)).FirstOrDefault(each => each is not null);
    }

    private string? JudgeLeases(IReadOnlyList<LeaseSpan> leases, long now)
    {
        var checks = new LeaseChecks(NodeSettings.DriftPerMillionMax, LateMicroseconds);
        // A store that does not run ends no lease; a slow one is late.
        long standstill = IsWhole && IsPunctual ? Standstill : now;
        return leases.Select(lease => checks.Check(lease, now, standstill)).FirstOrDefault(each => each is not null);
    }

    private static string? JudgeState(StoreEngine engine, EtcdModel model)
    {
        if (engine.State.Revision.Value != model.Revision || engine.State.CompactRevision != model.CompactRevision)
        {
            return $"the store is at {engine.State.Revision}, compacted {engine.State.CompactRevision}; the log leads "
                + $"to {model.Revision}, {model.CompactRevision}";
        }

        if (!engine.ListLeases().Select(id => id.Value).Order().SequenceEqual(model.LeaseIds))
        {
            return $"leases {string.Join(' ', engine.ListLeases())} instead of {string.Join(' ', model.LeaseIds)}";
        }

        long first = Math.Max(1, model.CompactRevision);
        long step = Math.Max(1, (model.Revision - first) / RevisionsRead);
        for (long revision = first; revision <= model.Revision; revision += step)
        {
            var all = new Operation.Range("\0", "\0") { Revision = revision };
            OperationResult found = EngineCalls.Read(engine, all);
            if (!found.Equals(model.Apply(all)))
            {
                return $"revision {revision} holds {found}\ninstead of {model.Apply(all)}";
            }
        }

        return null;
    }
}
