using System.Diagnostics;
using Keelson.Bench.Load.Reports;
using Keelson.Bench.Load.Servers;
using Keelson.Bench.Load.Workloads;

namespace Keelson.Bench.Load.Driving;

/// <summary>Drives one workload against one server and samples both sides of a timed window.</summary>
internal static class Session
{
    // /proc counts CPU in hundredths of a second: below one second a hundredth is more than a percent.
    private const double CpuSecondsMin = 1;
    private const double ExtensionSecondsMax = 60;

    // Calls that straddle an end of the window are counted in one of two ways: with few calls that is an error.
    private const long OperationsMin = 100;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);
    private static readonly Shape LoadShape = new(2, 8);

    public static Measurement Measure(Target server, IWorkload workload, SessionOptions options) =>
        Measure(server, workload, options, during: null);

    /// <summary>As above; <paramref name="during"/> runs when the window opens, beside the load.</summary>
    public static Measurement Measure(
        Target server, IWorkload workload, SessionOptions options, Action? during)
    {
        using Driver driver = new(Drive(server, options.Shape, options.Rate), workload);
        driver.Start();
        WarmUp(driver, options);

        // A scrape costs the server a little: outside of the window in which its time is counted.
        DurabilitySample durableBefore = DurabilitySample.Take(server);
        ProcessSample before = ProcessSample.Take(server.Process);
        ProcessSample clientBefore = ProcessSample.Take(Environment.ProcessId);
        long operationsBefore = driver.Completed;
        driver.Record();
        during?.Invoke();
        (ProcessSample after, long completed) = WaitForWindow(server, driver, options, before);
        DurabilitySample durableAfter = DurabilitySample.Take(server);
        long operations = completed - operationsBefore;
        double clientSeconds = ProcessSample.Take(Environment.ProcessId).CpuSeconds - clientBefore.CpuSeconds;
        driver.StopRecording();
        driver.Stop();
        if (operations == 0)
        {
            throw new IOException($"{server.Name} answered nothing within the window");
        }

        return Summarize(before, after, operations, driver.Latencies) with
        {
            ClientCpuSeconds = clientSeconds,
            LogSyncsPerOperation = (durableAfter.LogSyncs - durableBefore.LogSyncs) / operations,
            CommitsPerOperation = (durableAfter.Commits - durableBefore.Commits) / operations,
            DeviceBytesPerOperation = (durableAfter.DeviceBytes - durableBefore.DeviceBytes) / (double)operations,
        };
    }

    /// <summary>
    /// Durable writes per operation, counted by tracing the server; null where tracing is not possible.
    /// </summary>
    public static double? CountSyncs(Target server, IWorkload workload, SessionOptions options)
    {
        using Driver driver = new(Drive(server, options.Shape, options.Rate), workload);
        driver.Start();
        WarmUp(driver, options);
        using SyncTrace? trace = SyncTrace.TryAttach(server.Process);
        if (trace is null)
        {
            driver.Stop();
            return null;
        }

        long before = driver.Completed;
        Thread.Sleep(TimeSpan.FromSeconds(options.Seconds));
        long operations = driver.Completed - before;
        long syncs = trace.Stop();
        driver.Stop();
        return operations == 0 ? null : syncs / (double)operations;
    }

    /// <summary>Runs a workload to its end.</summary>
    public static void Complete(Target server, IWorkload workload, Shape shape, long calls)
    {
        DriverOptions options = Drive(server, shape, 0) with { Calls = calls };
        using Driver driver = new(options, workload);
        driver.Start();
        driver.Join();
    }

    /// <summary>Fills the key space, and grants leases where the workload needs them.</summary>
    public static void Prepare(Target server, WorkloadPlan plan)
    {
        BatchPutWorkload load = new(plan.MakeKeys());
        Complete(server, load, LoadShape, load.Calls);
        if (plan.Name == "lease")
        {
            Complete(server, new LeaseWorkload(grant: true), LoadShape, plan.Shape.Slots);
        }
    }

    /// <summary>The store's revision; fails unless the server has exactly these keys.</summary>
    public static long Verify(Target server, KeySpace keys)
    {
        ListWorkload count = new(keys, 0, 1);
        Complete(server, count, new Shape(1, 1), 1);
        return count.LastRevision;
    }

    private static DriverOptions Drive(Target server, Shape shape, double rate) =>
        new() { Server = server.EndPoint, Shape = shape, Rate = rate };

    private static void WarmUp(Driver driver, SessionOptions options)
    {
        long began = Stopwatch.GetTimestamp();
        while (driver.Completed < options.WarmUpOperations
            && Stopwatch.GetElapsedTime(began).TotalSeconds < options.WarmUpSeconds)
        {
            Thread.Sleep(Step);
            ThrowIfOver(driver);
        }
    }

    private static (ProcessSample Sample, long Completed) WaitForWindow(
        Target server, Driver driver, SessionOptions options, ProcessSample before)
    {
        long start = driver.Completed;
        while (true)
        {
            Thread.Sleep(Step);
            ThrowIfOver(driver);
            ProcessSample now = ProcessSample.Take(server.Process);
            double seconds = Stopwatch.GetElapsedTime(before.Timestamp, now.Timestamp).TotalSeconds;
            long completed = driver.Completed;
            bool enough = now.CpuSeconds - before.CpuSeconds >= CpuSecondsMin && completed - start >= OperationsMin;
            if (seconds >= options.Seconds && (enough || seconds >= options.Seconds + ExtensionSecondsMax))
            {
                return (now, completed);
            }
        }
    }

    private static void ThrowIfOver(Driver driver)
    {
        if (!driver.IsRunning)
        {
            driver.ThrowIfFailed();
            throw new InvalidOperationException("the driver ended before its window");
        }
    }

    private static Measurement Summarize(
        ProcessSample before, ProcessSample after, long operations, Histogram latencies) => new()
        {
            Seconds = Stopwatch.GetElapsedTime(before.Timestamp, after.Timestamp).TotalSeconds,
            Operations = operations,
            CpuSeconds = after.CpuSeconds - before.CpuSeconds,
            SystemSeconds = after.SystemSeconds - before.SystemSeconds,
            P50Micros = latencies.Percentile(50) / 1e3,
            P99Micros = latencies.Percentile(99) / 1e3,
            P999Micros = latencies.Percentile(99.9) / 1e3,
            MaxMicros = latencies.Max / 1e3,
            ClientCpuSeconds = 0,
            WrittenBytesPerOperation = (after.WrittenBytes - before.WrittenBytes) / (double)operations,
            AnonymousMegabytes = after.AnonymousBytes / 1e6,
        };
}
