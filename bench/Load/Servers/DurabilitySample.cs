using System.Globalization;
using Keelson.Bench.Load.Driving;

namespace Keelson.Bench.Load.Servers;

/// <summary>What a server, and the device under its data, have counted of durable writes so far.</summary>
/// <param name="LogSyncs">Syncs of the log by the server's own metric; null when it has none.</param>
/// <param name="Commits">The same of its database.</param>
/// <param name="DeviceBytes">Bytes that the device wrote, for everybody; null when it cannot be told.</param>
internal readonly record struct DurabilitySample(double? LogSyncs, double? Commits, long? DeviceBytes)
{
    private const string LogSyncsName = "etcd_disk_wal_fsync_duration_seconds_count";
    private const string CommitsName = "etcd_disk_backend_commit_duration_seconds_count";

    public static DurabilitySample Take(Target server)
    {
        string metrics = Scrape(server);
        string? counters = server.Folder is null ? null : BlockDevice.FindCounters(server.Folder);
        return new DurabilitySample(
            ParseMetric(metrics, LogSyncsName),
            ParseMetric(metrics, CommitsName),
            counters is null ? null : BlockDevice.ReadWrittenBytes(counters));
    }

    /// <summary>A sample without labels; null when the text has none of this name.</summary>
    public static double? ParseMetric(string text, string name)
    {
        string? line = text.Split('\n').FirstOrDefault(line => line.StartsWith(name + " ", StringComparison.Ordinal));
        return line is null ? null : double.Parse(line[(name.Length + 1)..], CultureInfo.InvariantCulture);
    }

    private static string Scrape(Target server)
    {
        using HttpClient http = new();
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri($"http://{server.EndPoint}/metrics"));
        using HttpResponseMessage response = http.Send(request);
        using StreamReader reader = new(response.Content.ReadAsStream());
        return reader.ReadToEnd();
    }
}
