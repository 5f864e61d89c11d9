using System.Diagnostics;
using System.Globalization;

namespace Keelson.Bench.Micro.Durable;

/// <summary>What a number of batches cost, each.</summary>
internal readonly record struct DurableRound(double WallNanoseconds, double CpuNanoseconds, double WrittenBytes)
{
    public static async Task<DurableRound> MeasureAsync(int batches, Func<Task> commit)
    {
        long written = Written();
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        for (int batch = 0; batch < batches; batch++)
        {
            await commit();
        }

        TimeSpan wall = Stopwatch.GetElapsedTime(start);
        return new DurableRound(
            wall.TotalNanoseconds / batches,
            (Environment.CpuUsage.TotalTime - cpu).TotalNanoseconds / batches,
            (double)(Written() - written) / batches);
    }

    // wchar: what this process gave to write calls (proc(5)). Not write_bytes: with large folios (seen on Linux 6.18,
    // ext4) that counts 1 MiB for each write into one, although only the changed blocks go to the device.
    private static long Written()
    {
        const string field = "wchar:";
        string line = File.ReadLines("/proc/self/io").First(each => each.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line.AsSpan(field.Length), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
    }
}
