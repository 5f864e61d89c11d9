namespace Keelson.Store.Requests;

/// <summary>etcdserverpb.RangeRequest.SortOrder.</summary>
internal enum SortOrder
{
    None = 0,
    Ascend = 1,
    Descend = 2,
}
