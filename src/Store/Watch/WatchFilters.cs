namespace Keelson.Store.Watch;

/// <summary>Which events a watch does not want (etcd: WatchCreateRequest.FilterType).</summary>
[Flags]
internal enum WatchFilters
{
    None = 0,
    NoPut = 1,
    NoDelete = 2,
}
