namespace Keelson.Store.Requests;

/// <summary>etcdserverpb.Compare.CompareResult.</summary>
internal enum CompareResult
{
    Equal = 0,
    Greater = 1,
    Less = 2,
    NotEqual = 3,
}
