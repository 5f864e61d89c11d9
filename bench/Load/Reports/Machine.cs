using System.Diagnostics;
using Keelson.Bench.Load.Servers;

namespace Keelson.Bench.Load.Reports;

/// <summary>Where a figure was measured: without it the figure means nothing.</summary>
internal sealed record Machine(string Processor, int Cores, long MemoryMegabytes, string Kernel, string Load)
{
    public static Machine Current()
    {
        string? model = File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal));
        string processor = model?.Split(':')[^1].Trim() ?? "unknown";
        long memory = ProcessSample.ParseField(File.ReadAllText("/proc/meminfo"), "MemTotal:") / 1024;
        string load = string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3));
        return new Machine(processor, Environment.ProcessorCount, memory, Environment.OSVersion.VersionString, load);
    }

    /// <summary>The checked-out commit, with "+" when there are changes; "unknown" outside a repository.</summary>
    public static string Commit()
    {
        string commit = Git("rev-parse", "--short=12", "HEAD");
        bool changed = Git("status", "--porcelain", "-uno").Length > 0;
        return commit.Length == 0 ? "unknown" : changed ? commit + "+" : commit;
    }

    private static string Git(params string[] arguments)
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
