namespace Keelson.Simulation.Model;

/// <summary>etcdserverpb.Compare.CompareResult.</summary>
public enum ComparisonResult
{
    Equal = 0,
    Greater = 1,
    Less = 2,
    NotEqual = 3,
}
