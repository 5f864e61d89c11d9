namespace Keelson.Simulation.OneNode;

/// <summary>What can go wrong with one node.</summary>
internal enum NodeFault
{
    /// <summary>The power goes between two calls: any subset of what is not synced is lost or torn.</summary>
    PowerLoss,

    /// <summary>The process is killed; what it wrote stays.</summary>
    Kill,

    /// <summary>The process is told to stop.</summary>
    Stop,

    /// <summary>The process stands still for a while (SIGSTOP); disk and clock go on.</summary>
    Pause,

    /// <summary>The power goes in the middle of a disk call.</summary>
    PowerCut,

    /// <summary>A disk call fails and has done nothing.</summary>
    ErrorBefore,

    /// <summary>A disk call fails and has done its work.</summary>
    ErrorAfter,

    /// <summary>The disk is nearly full, or full, for a while.</summary>
    DiskFull,

    /// <summary>Somebody sets the wall clock.</summary>
    WallJump,

    /// <summary>The clock runs faster or slower from now on.</summary>
    Drift,

    /// <summary>A bit of a file at rest changes.</summary>
    Rot,
}
