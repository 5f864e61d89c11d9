namespace Keelson.Simulation.Disk;

public enum DiskFaultKind
{
    None,

    /// <summary>The call does nothing and throws; what a sync should have covered no later sync covers.</summary>
    ErrorBefore,

    /// <summary>The call does its work in full and then throws.</summary>
    ErrorAfter,

    /// <summary>The power goes during the call: what it wrote is in flight, nothing works until a crash.</summary>
    PowerCut,
}
