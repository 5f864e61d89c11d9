using System.Globalization;

namespace Keelson.Bench.Load.Servers;

/// <summary>
/// The device under a folder. What it writes is everybody's, so its figures mean something on an idle machine only; but
/// the kernel charges a process with whole pages of the cache (/proc/PID/io), and the device with what it wrote.
/// </summary>
internal static class BlockDevice
{
    // Sectors in /sys are of 512 bytes whatever the device's are (Documentation/block/stat.rst).
    private const long SectorBytes = 512;
    private const int SectorsWrittenField = 6;

    /// <summary>The file with its counters; null when the folder is not on a device of its own.</summary>
    public static string? FindCounters(string folder)
    {
        string number = FindNumber(File.ReadLines("/proc/self/mountinfo"), Path.GetFullPath(folder));
        string path = $"/sys/dev/block/{number}/stat";
        return File.Exists(path) ? path : null;
    }

    /// <summary>Bytes that the device was given to write since it is there.</summary>
    public static long ReadWrittenBytes(string counters) => ParseWrittenBytes(File.ReadAllText(counters));

    public static long ParseWrittenBytes(string stat)
    {
        string[] fields = stat.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return long.Parse(fields[SectorsWrittenField], CultureInfo.InvariantCulture) * SectorBytes;
    }

    /// <summary>"major:minor" of the mount that a folder is below: the last one among the longest (proc(5)).</summary>
    public static string FindNumber(IEnumerable<string> mountinfo, string folder)
    {
        string number = "";
        int longest = -1;
        foreach (string line in mountinfo)
        {
            string[] fields = line.Split(' ');
            string mount = fields[4].TrimEnd('/');
            bool covers = folder == mount || folder.StartsWith(mount + "/", StringComparison.Ordinal);
            if (covers && mount.Length >= longest)
            {
                (number, longest) = (fields[2], mount.Length);
            }
        }

        return number;
    }
}
