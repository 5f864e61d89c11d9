using System.Diagnostics;
using System.Globalization;

namespace Keelson.Bench.Load.Servers;

/// <summary>What the kernel has counted for a process so far.</summary>
internal readonly record struct ProcessSample
{
    // USER_HZ, which is 100 for user space on every Linux architecture (proc(5)).
    private const double TicksPerSecond = 100;

    public long Timestamp { get; private init; }

    public double UserSeconds { get; private init; }

    public double SystemSeconds { get; private init; }

    /// <summary>Bytes that reached the block layer.</summary>
    public long WrittenBytes { get; private init; }

    /// <summary>Anonymous resident memory.</summary>
    public long AnonymousBytes { get; private init; }

    public double CpuSeconds => UserSeconds + SystemSeconds;

    public static ProcessSample Take(int process)
    {
        (double user, double system) = ParseStat(File.ReadAllText($"/proc/{process}/stat"));
        return new ProcessSample
        {
            Timestamp = Stopwatch.GetTimestamp(),
            UserSeconds = user,
            SystemSeconds = system,
            WrittenBytes = ParseField(File.ReadAllText($"/proc/{process}/io"), "write_bytes:"),
            AnonymousBytes = ParseField(File.ReadAllText($"/proc/{process}/status"), "RssAnon:") * 1024,
        };
    }

    /// <summary>User and system time; the name in brackets may itself hold blanks and brackets.</summary>
    public static (double User, double System) ParseStat(string text)
    {
        string[] fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return (Number(fields[11]) / TicksPerSecond, Number(fields[12]) / TicksPerSecond);
    }

    /// <summary>The number behind a label at the start of a line; 0 when there is none.</summary>
    public static long ParseField(string text, string label)
    {
        foreach (string line in text.Split('\n'))
        {
            if (line.StartsWith(label, StringComparison.Ordinal))
            {
                return Number(line[label.Length..].Replace("kB", "", StringComparison.Ordinal).Trim());
            }
        }

        return 0;
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
