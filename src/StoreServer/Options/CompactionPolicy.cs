namespace Keelson.StoreServer.Options;

/// <summary>
/// --auto-compaction-mode and --auto-compaction-retention: how much history stays. At most one of the two is not zero.
/// </summary>
internal readonly record struct CompactionPolicy(TimeSpan Window, long Revisions)
{
    public bool IsOn => Window > TimeSpan.Zero || Revisions > 0;

    /// <summary>The fault, or null. A bare number of a window means hours (etcd 3.5, embed/etcd.go).</summary>
    public static string? Parse(string mode, string retention, out CompactionPolicy policy)
    {
        policy = default;
        bool isWhole = long.TryParse(retention, NumberStyles.None, CultureInfo.InvariantCulture, out long number);
        switch (mode)
        {
            case "revision" when isWhole:
                policy = new CompactionPolicy(TimeSpan.Zero, number);
                return null;
            case "" when isWhole:
                // Neither hours nor revisions: etcd keeps everything.
                return null;
            case "periodic" when isWhole && number < TimeSpan.MaxValue.TotalHours:
                policy = new CompactionPolicy(TimeSpan.FromHours(number), 0);
                return null;
            case "periodic" when GoDuration.TryParse(retention, out TimeSpan window) && window >= TimeSpan.Zero:
                policy = new CompactionPolicy(window, 0);
                return null;
            case "revision" or "periodic":
                return $"--auto-compaction-retention: error parsing \"{retention}\" for mode {mode}";
            default:
                return $"--auto-compaction-mode must be periodic or revision (set to \"{mode}\")";
        }
    }
}
