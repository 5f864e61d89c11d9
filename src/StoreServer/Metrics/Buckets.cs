namespace Keelson.StoreServer.Metrics;

/// <summary>The upper bounds of etcd's histograms (etcd 3.5.16, as it exports them).</summary>
internal static class Buckets
{
    /// <summary>1 ms to 8 s: writes and syncs of the log, commits.</summary>
    public static readonly double[] Disk = Doubling(0.001, 14);

    /// <summary>0.1 ms to 52 s: applying requests.</summary>
    public static readonly double[] Apply = Doubling(0.0001, 20);

    /// <summary>10 ms to 164 s: hashes.</summary>
    public static readonly double[] Hash = Doubling(0.01, 15);

    /// <summary>10 ms to 655 s: backups.</summary>
    public static readonly double[] Snapshot = Doubling(0.01, 17);

    /// <summary>100 ms to 410 s: defragmentation.</summary>
    public static readonly double[] Defragment = Doubling(0.1, 13);

    /// <summary>0.1 ms to 3 s: there and back between members.</summary>
    public static readonly double[] RoundTrip = Doubling(0.0001, 16);

    /// <summary>1 ms to 4 s: what a compaction holds up at a time, in milliseconds.</summary>
    public static readonly double[] CompactionPauseMilliseconds = Doubling(1, 13);

    /// <summary>100 ms to 14 min: whole compactions, in milliseconds.</summary>
    public static readonly double[] CompactionMilliseconds = Doubling(100, 14);

    /// <summary>1 s to 97 days: times to live of leases.</summary>
    public static readonly double[] LeaseSeconds = Doubling(1, 24);

    /// <summary>5 ms to 10 s: the default of Prometheus' clients, which gRPC's histograms use.</summary>
    public static readonly double[] Calls = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private static double[] Doubling(double first, int count)
    {
        var bounds = new double[count];
        // Multiplying the first bound keeps the decimal text short: 0.0001 × 2^k, not a sum of errors.
        for (int index = 0; index < count; index++)
        {
            bounds[index] = first * (1L << index);
        }

        return bounds;
    }
}
