namespace Keelson.Cli.Tests.Connections;

/// <summary>What a process holds right now, as Linux tells.</summary>
internal readonly record struct ServerSample(long AnonymousBytes, int FilesCount)
{
    public static ServerSample Of(int process)
    {
        string line = File.ReadLines($"/proc/{process}/status").First(
            each => each.StartsWith("RssAnon:", StringComparison.Ordinal));
        long kibibytes = long.Parse(
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        return new ServerSample(kibibytes << 10, Directory.GetFileSystemEntries($"/proc/{process}/fd").Length);
    }

    /// <summary>Files that this process, and so one that it starts, may have open.</summary>
    public static int FilesLimit()
    {
        string line = File.ReadLines("/proc/self/limits").First(
            each => each.StartsWith("Max open files", StringComparison.Ordinal));
        string text = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];
        return int.TryParse(text, CultureInfo.InvariantCulture, out int limit) ? limit : int.MaxValue;
    }
}
