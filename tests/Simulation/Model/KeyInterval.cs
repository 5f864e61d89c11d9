namespace Keelson.Simulation.Model;

/// <summary>The keys that key and range_end name (etcd 3.5, api rpc.proto, RangeRequest.range_end).</summary>
public static class KeyInterval
{
    /// <summary>As range_end: every key from the start on.</summary>
    public const string ToEnd = "\0";

    public static bool Contains(string key, string rangeEnd, string candidate)
    {
        if (rangeEnd.Length == 0)
        {
            return candidate == key;
        }

        return string.CompareOrdinal(candidate, key) >= 0
            && (rangeEnd == ToEnd || string.CompareOrdinal(candidate, rangeEnd) < 0);
    }
}
