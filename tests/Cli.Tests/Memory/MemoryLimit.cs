namespace Keelson.Cli.Tests.Memory;

/// <summary>
/// A limit on what one program may have in memory: a control group of its own (version 2, or 1's memory controller)
/// where this process may make one. Elsewhere the runtime is told the limit and the test measures what the program
/// holds.
/// </summary>
internal sealed class MemoryLimit : IDisposable
{
    private const string Mount = "/sys/fs/cgroup";

    private readonly string? _group;

    private MemoryLimit(long bytes, string? group)
    {
        Bytes = bytes;
        _group = group;
    }

    public long Bytes { get; }

    /// <summary>The kernel enforces it; otherwise only the runtime's own heap is limited.</summary>
    public bool IsEnforced => _group is not null;

    /// <summary>Programs that the kernel ended for want of memory.</summary>
    public long KillsCount => _group is null ? 0 : ReadCounter(
        File.Exists(Path.Combine(_group, "memory.events")) ? "memory.events" : "memory.oom_control", "oom_kill");

    public static MemoryLimit Create(long bytes)
    {
        string name = $"keelson-test-{Environment.ProcessId}-{Guid.NewGuid():N}";
        foreach ((string controller, string file) in new[] { ("", "memory.max"), ("memory", "memory.limit_in_bytes") })
        {
            if (OwnGroup(controller) is { } parent && TryCreate(Path.Combine(parent, name), file, bytes))
            {
                return new MemoryLimit(bytes, Path.Combine(parent, name));
            }
        }

        return new MemoryLimit(bytes, null);
    }

    /// <summary>What runs a program under the limit: it enters the group, then becomes the program.</summary>
    public (string Program, string[] Arguments) Wrap(string program, IEnumerable<string> arguments) => _group is null
        ? ("env", [$"DOTNET_GCHeapHardLimit=0x{Bytes:x}", program, .. arguments])
        : ("sh",
        [
            "-c", "echo $$ > \"$0\" && exec \"$@\"", Path.Combine(_group, "cgroup.procs"), program, .. arguments,
        ]);

    public void Dispose()
    {
        if (_group is not null)
        {
            // rmdir(2): the files inside are the kernel's. It is refused until the last process is gone.
            SpinWait.SpinUntil(() => TryRemove(_group), TimeSpan.FromSeconds(10));
        }
    }

    /// <summary>The group of this process as a folder; null when that hierarchy is not there.</summary>
    private static string? OwnGroup(string controller)
    {
        foreach (string line in File.ReadLines("/proc/self/cgroup"))
        {
            string[] parts = line.Split(':', 3);
            if (parts[1] == controller)
            {
                string folder = Path.Combine(Mount, controller) + parts[2];
                return Directory.Exists(folder) ? folder : null;
            }
        }

        return null;
    }

    private static bool TryCreate(string group, string limitFile, long bytes)
    {
        try
        {
            Directory.CreateDirectory(group);
            // Not there where the parent does not hand the memory controller down.
            if (File.Exists(Path.Combine(group, limitFile)))
            {
                File.WriteAllText(Path.Combine(group, limitFile), bytes.ToString(CultureInfo.InvariantCulture));
                return true;
            }

            Directory.Delete(group);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            TryRemove(group);
        }

        return false;
    }

    private static bool TryRemove(string group)
    {
        try
        {
            Directory.Delete(group);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return !Directory.Exists(group);
        }
    }

    private long ReadCounter(string file, string name) => File.ReadLines(Path.Combine(_group!, file))
        .Select(line => line.Split(' '))
        .Where(words => words[0] == name)
        .Select(words => long.Parse(words[1], CultureInfo.InvariantCulture))
        .FirstOrDefault();
}
