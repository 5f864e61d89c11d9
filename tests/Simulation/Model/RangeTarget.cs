namespace Keelson.Simulation.Model;

/// <summary>etcdserverpb.RangeRequest.SortTarget; other numbers are sent too, to be refused.</summary>
public enum RangeTarget
{
    Key = 0,
    Version = 1,
    Create = 2,
    Mod = 3,
    Value = 4,
}
