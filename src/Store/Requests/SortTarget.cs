namespace Keelson.Store.Requests;

/// <summary>etcdserverpb.RangeRequest.SortTarget.</summary>
internal enum SortTarget
{
    Key = 0,
    Version = 1,
    Create = 2,
    Mod = 3,
    Value = 4,
}
