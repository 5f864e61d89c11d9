namespace Keelson.Bench.Load.Workloads;

/// <summary>Which key comes next.</summary>
internal enum KeyOrder
{
    Random,

    /// <summary>Each once, from the first on: loading.</summary>
    Ascending,

    /// <summary>Always the first: many versions of one key.</summary>
    First,
}
