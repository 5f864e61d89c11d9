using Keelson.Base.Seams;

namespace Keelson.Simulation.Disk;

/// <summary>What happens to a call.</summary>
public readonly record struct DiskFault(DiskFaultKind Kind, DiskError Error = DiskError.Failed)
{
    public static readonly DiskFault None;

    public static readonly DiskFault PowerCut = new(DiskFaultKind.PowerCut);
}
