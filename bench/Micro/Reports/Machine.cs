using System.Diagnostics;

namespace Keelson.Bench.Micro.Reports;

/// <summary>Where and of what a figure was measured.</summary>
internal static class Machine
{
    /// <summary>Load averages of 1, 5 and 15 minutes: above the number of cores, wall times mean little.</summary>
    public static string Load() => string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3));

    public static string Processor() => File.ReadLines("/proc/cpuinfo")
        .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[^1].Trim()
        ?? "unknown";

    /// <summary>The checked-out commit, with "+" when there are changes; "unknown" outside a repository.</summary>
    public static string Commit()
    {
        string commit = Git("rev-parse --short=12 HEAD");
        bool changed = Git("status --porcelain -uno").Length > 0;
        return commit.Length == 0 ? "unknown" : changed ? commit + "+" : commit;
    }

    private static string Git(string arguments)
    {
        using Process? git = Process.Start(new ProcessStartInfo("git", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });
        string text = git?.StandardOutput.ReadToEnd().Trim() ?? "";
        git?.WaitForExit();
        return git?.ExitCode == 0 ? text : "";
    }
}
