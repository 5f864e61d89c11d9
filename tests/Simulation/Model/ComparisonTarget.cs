namespace Keelson.Simulation.Model;

/// <summary>etcdserverpb.Compare.CompareTarget.</summary>
public enum ComparisonTarget
{
    Version = 0,
    Create = 1,
    Mod = 2,
    Value = 3,
    Lease = 4,
}
