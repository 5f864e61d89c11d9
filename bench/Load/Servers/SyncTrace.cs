using System.Diagnostics;
using System.Globalization;

namespace Keelson.Bench.Load.Servers;

/// <summary>
/// Counts a process's durable writes with strace. It slows the server down: never during a timed window.
/// </summary>
internal sealed class SyncTrace : IDisposable
{
    private const string Calls = "fsync,fdatasync,sync_file_range,msync,pwritev2,io_uring_enter";
    private static readonly TimeSpan AttachTime = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan ProbePause = TimeSpan.FromMilliseconds(5);

    private readonly Process _trace;
    private readonly string _file;

    private SyncTrace(Process trace, string file)
    {
        _trace = trace;
        _file = file;
    }

    /// <summary>Null when strace is not there or may not attach.</summary>
    public static SyncTrace? TryAttach(int process)
    {
        string file = Path.GetTempFileName();
        try
        {
            ProcessStartInfo start = new("strace", ["-f", "-c", "-o", file, "-e", $"trace={Calls}", "-p", $"{process}"])
            {
                RedirectStandardError = true,
            };
            Process? trace = Process.Start(start);
            if (trace is null || !HasAttached(trace, process))
            {
                trace?.Dispose();
                File.Delete(file);
                return null;
            }

            return new SyncTrace(trace, file);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            File.Delete(file);
            return null;
        }
    }

    /// <summary>Detaches; how many calls there were.</summary>
    public long Stop()
    {
        using (Process signal = Process.Start("kill", ["-INT", $"{_trace.Id}"]))
        {
            signal.WaitForExit();
        }

        _trace.WaitForExit();
        return ParseCalls(File.ReadAllText(_file));
    }

    /// <summary>The sum of the "calls" column of strace's summary, without its total line.</summary>
    public static long ParseCalls(string summary)
    {
        long calls = 0;
        foreach (string line in summary.Split('\n'))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 5 && Calls.Split(',').Contains(words[^1]))
            {
                calls += long.Parse(words[3], CultureInfo.InvariantCulture);
            }
        }

        return calls;
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
