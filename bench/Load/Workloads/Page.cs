namespace Keelson.Bench.Load.Workloads;

/// <summary>What of a range to return.</summary>
internal readonly record struct Page(long Limit, long Revision, bool CountOnly);
