using System.Diagnostics;
using System.Globalization;

namespace Keelson.Bench.Load.Servers;

/// <summary>
/// Counts a process's durable writes with strace. It slows the server down: never during a timed window.
/// </summary>
internal sealed class SyncTrace : IDisposable
{
    private const string Calls = "fsync,fdatasync,sync_file_range,msync,pwrite64,pwritev2,openat,close";
    private static readonly TimeSpan AttachTime = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan ProbePause = TimeSpan.FromMilliseconds(5);

    private readonly Process _trace;
    private readonly SyncCounter _counter;
    private readonly string _file;

    private SyncTrace(Process trace, SyncCounter counter, string file)
    {
        _trace = trace;
        _counter = counter;
        _file = file;
    }

    /// <summary>Null when strace is not there or may not attach.</summary>
    public static SyncTrace? TryAttach(int process)
    {
        string file = Path.GetTempFileName();
        try
        {
            string[] arguments = ["-f", "-qq", "-s", "0", "-o", file, "-e", $"trace={Calls}", "-p", $"{process}"];
            Process? trace = Process.Start(new ProcessStartInfo("strace", arguments) { RedirectStandardError = true });
            if (trace is null || !HasAttached(trace, process))
            {
                trace?.Dispose();
                File.Delete(file);
                return null;
            }

            // What is opened between the attachment and this look is seen twice, which is as good as once.
            return new SyncTrace(trace, new SyncCounter(DurableDescriptors(process)), file);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            File.Delete(file);
            return null;
        }
    }

    /// <summary>Detaches; how many durable writes there were.</summary>
    public long Stop()
    {
        using (Process signal = Process.Start("kill", ["-INT", $"{_trace.Id}"]))
        {
            signal.WaitForExit();
        }

        _trace.WaitForExit();
        foreach (string line in File.ReadLines(_file))
        {
            _counter.Add(line);
        }

        return _counter.Count;
    }

    /// <summary>Whether a descriptor has O_DSYNC, which O_SYNC includes, by the text of its fdinfo (proc(5)).</summary>
    public static bool IsDurable(string fdinfo)
    {
        const int dataSync = 0x1000;
        string? line = fdinfo.Split('\n').FirstOrDefault(text => text.StartsWith("flags:", StringComparison.Ordinal));
        return line is not null && (Convert.ToInt32(line["flags:".Length..].Trim(), 8) & dataSync) != 0;
    }

    private static IEnumerable<int> DurableDescriptors(int process)
    {
        foreach (string path in Directory.EnumerateFiles($"/proc/{process}/fdinfo"))
        {
            if (IsDurable(ReadOrEmpty(path)))
            {
                yield return int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture);
            }
        }
    }

    /// <summary>A descriptor may be closed between the listing and the look.</summary>
    private static string ReadOrEmpty(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static bool HasAttached(Process trace, int process)
    {
        long began = Stopwatch.GetTimestamp();
        while (!trace.HasExited && Stopwatch.GetElapsedTime(began) < AttachTime)
        {
            if (ProcessSample.ParseField(File.ReadAllText($"/proc/{process}/status"), "TracerPid:") != 0)
            {
                return true;
            }

            Thread.Sleep(ProbePause);
        }

        return false;
    }

    public void Dispose()
    {
        if (!_trace.HasExited)
        {
            _trace.Kill();
        }

        _trace.Dispose();
        File.Delete(_file);
    }
}
