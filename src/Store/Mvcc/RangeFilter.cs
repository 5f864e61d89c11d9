using Keelson.Store.Requests;

namespace Keelson.Store.Mvcc;

/// <summary>The min/max mod and create revision filters of a RangeRequest; 0 means no bound.</summary>
internal static class RangeFilter
{
    public static bool Passes(scoped in RangeRequest request, VersionEntry entry) =>
        (request.ModRevisionMin == 0 || entry.Modified.Main >= request.ModRevisionMin)
        && (request.ModRevisionMax == 0 || entry.Modified.Main <= request.ModRevisionMax)
        && (request.CreateRevisionMin == 0 || entry.CreateRevision >= request.CreateRevisionMin)
        && (request.CreateRevisionMax == 0 || entry.CreateRevision <= request.CreateRevisionMax);
}
