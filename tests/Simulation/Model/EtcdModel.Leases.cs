namespace Keelson.Simulation.Model;

public sealed partial class EtcdModel
{
    /// <summary>What etcd raises a shorter TTL to: 1.5 default election timeouts of 1 s, rounded up.</summary>
    public const long TtlSecondsMin = 2;

    public const long TtlSecondsMax = 9_000_000_000;

    /// <summary>A batch ends no further lease once this many keys are gone; the rest follows in the next one.</summary>
    private const int ExpiredKeysPerBatchMax = 10_000;

    private OperationResult ExecuteLease(Operation operation) => operation switch
    {
        Operation.LeaseGrant grant => ExecuteGrant(grant),
        Operation.LeaseRevoke revoke => ExecuteRevoke(revoke),
        Operation.LeaseKeepAlive keepAlive => ExecuteKeepAlive(keepAlive),
        Operation.LeaseTimeToLive timeToLive => ExecuteTimeToLive(timeToLive),
        Operation.LeaseLeases => new OperationResult { Leases = [.. _leases.Keys] },
        Operation.AdvanceTime advance => ExecuteAdvance(advance),
        _ => throw new System.Diagnostics.UnreachableException($"{operation} is no request"),
    };

    private OperationResult ExecuteGrant(Operation.LeaseGrant grant)
    {
        if (grant.TtlSeconds > TtlSecondsMax)
        {
            return OperationResult.Failed(EtcdError.LeaseTtlTooLarge);
        }

        if (_leases.ContainsKey(grant.Id))
        {
            return OperationResult.Failed(EtcdError.LeaseExists);
        }

        long ttl = Math.Max(grant.TtlSeconds, TtlSecondsMin);
        _leases[grant.Id] = new ModelLease(ttl, Time + (ttl * 1000));
        return new OperationResult { LeaseId = grant.Id, TtlSeconds = ttl };
    }

    private OperationResult ExecuteRevoke(Operation.LeaseRevoke revoke)
    {
        if (!_leases.ContainsKey(revoke.Id))
        {
            return OperationResult.Failed(EtcdError.LeaseNotFound);
        }

        EndLease(revoke.Id);
        return new OperationResult();
    }

    private OperationResult ExecuteKeepAlive(Operation.LeaseKeepAlive keepAlive)
    {
        if (!_leases.TryGetValue(keepAlive.Id, out ModelLease? lease))
        {
            return new OperationResult { LeaseId = keepAlive.Id };
        }

        _leases[keepAlive.Id] = lease with { Deadline = Time + (lease.TtlSeconds * 1000) };
        return new OperationResult { LeaseId = keepAlive.Id, TtlSeconds = lease.TtlSeconds };
    }

    private OperationResult ExecuteTimeToLive(Operation.LeaseTimeToLive timeToLive)
    {
        if (!_leases.TryGetValue(timeToLive.Id, out ModelLease? lease))
        {
            return new OperationResult { LeaseId = timeToLive.Id, TtlSeconds = -1 };
        }

        return new OperationResult
        {
            LeaseId = timeToLive.Id,
            TtlSeconds = (lease.Deadline - Time) / 1000,
            GrantedTtlSeconds = lease.TtlSeconds,
            Keys = timeToLive.Keys ? KeysOf(timeToLive.Id).ToList() : [],
        };
    }

    private OperationResult ExecuteAdvance(Operation.AdvanceTime advance)
    {
        Time += advance.Milliseconds;
        Expire();
        return new OperationResult();
    }

    /// <summary>Ends the leases that are due in order of deadline, then id, each under a revision of its own.</summary>
    private void Expire()
    {
        List<long> due = _leases
            .Where(lease => lease.Value.Deadline <= Time)
            .OrderBy(lease => lease.Value.Deadline)
            .ThenBy(lease => unchecked((ulong)lease.Key))
            .Select(lease => lease.Key)
            .ToList();
        int keysGone = 0;
        foreach (long id in due.TakeWhile(_ => keysGone < ExpiredKeysPerBatchMax))
        {
            keysGone += EndLease(id);
            EndRequest();
        }
    }

    private int EndLease(long id)
    {
        List<string> keys = KeysOf(id).ToList();
        foreach (string key in keys)
        {
            Record(new KeyValue(key) { ModRevision = Revision + 1 }, deleted: true);
        }

        _leases.Remove(id);
        return keys.Count;
    }

    private IEnumerable<string> KeysOf(long id) =>
        _versions.Keys.Where(key => Find(key, CurrentRevision) is { } keyValue && keyValue.Lease == id);

    private sealed record ModelLease(long TtlSeconds, long Deadline);
}
