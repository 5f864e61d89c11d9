namespace Keelson.Simulation.Model;

/// <summary>etcdserverpb.RangeRequest.SortOrder; other numbers are sent too, to be refused.</summary>
public enum RangeOrder
{
    None = 0,
    Ascend = 1,
    Descend = 2,
}
