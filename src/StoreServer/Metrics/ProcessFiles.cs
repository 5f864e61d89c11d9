namespace Keelson.StoreServer.Metrics;

/// <summary>How many files this process has open, and may have, as Linux tells.</summary>
internal static class ProcessFiles
{
    private const string OpenFiles = "/proc/self/fd";
    private const string Limits = "/proc/self/limits";

    /// <summary>False where the system does not tell.</summary>
    public static bool AreKnown => Directory.Exists(OpenFiles);

    public static long CountOpen() => Directory.EnumerateFileSystemEntries(OpenFiles).LongCount();

    /// <summary>Zero when the system does not tell, or sets no limit.</summary>
    public static long ReadLimit()
    {
        string? line = File.ReadLines(Limits)
            .FirstOrDefault(one => one.StartsWith("Max open files", StringComparison.Ordinal));
        string[] parts = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return parts.Length > 3 && long.TryParse(parts[3], NumberStyles.None, null, out long limit) ? limit : 0;
    }
}
