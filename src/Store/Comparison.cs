namespace Keelson.Store;

/// <summary>How a condition compares; the values are etcd's Compare.CompareResult.</summary>
public enum Comparison
{
    Equal = 0,
    Greater = 1,
    Less = 2,
    NotEqual = 3,
}
