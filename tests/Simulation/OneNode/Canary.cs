namespace Keelson.Simulation.OneNode;

/// <summary>Faults planted beside the production code: a simulation that does not find them finds nothing.</summary>
public enum Canary
{
    None = 0,

    /// <summary>Log writes are acknowledged before they are durable (etcd 14370).</summary>
    AcknowledgesBeforeDurable,

    /// <summary>Syncs of files do nothing.</summary>
    SyncsLie,

    /// <summary>Log writes and syncs that fail are taken for done (what "retry the sync" comes to).</summary>
    IgnoresDiskErrors,

    /// <summary>Now and then a request is proposed a second time, as a retrying server would.</summary>
    ProposesTwice,

    /// <summary>Reads come from a cache that is renewed now and then.</summary>
    ReadsStale,

    /// <summary>A watch leaves out a response now and then.</summary>
    WatchSkips,

    /// <summary>A watch sends a response twice now and then.</summary>
    WatchRepeats,

    /// <summary>Leases are measured by the wall clock, which jumps.</summary>
    LeasesByWallClock,
}
