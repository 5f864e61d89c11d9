namespace Keelson.Simulation.Cluster;

/// <summary>Faults planted beside the production code, which the simulation of clusters has to find.</summary>
public enum ClusterCanary
{
    None = 0,

    /// <summary>Members answer reads without asking who leads (Jepsen on etcd 0.4.1, 2014).</summary>
    ReadsWithoutAsking,

    /// <summary>Members acknowledge before their disks have it.</summary>
    AcknowledgesBeforeDurable,

    /// <summary>Every member believes that it decides alone.</summary>
    DecidesAlone,

    /// <summary>Leases are measured by the wall clock, which jumps.</summary>
    LeasesByWallClock,
}
