using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Keelson.StoreServer.Metrics;

/// <summary>
/// What Prometheus' own clients tell about a process, under their names, and the runtime's under dotnet_…. Read
/// when scraped, never before.
/// </summary>
internal static class ProcessMetrics
{
    public static void AddTo(Meter meter)
    {
        AddProcess(meter);
        AddFiles(meter);
        AddRuntime(meter);
    }

    private static void AddProcess(Meter meter)
    {
        meter.CreateObservableCounter(
            "process_cpu_seconds_total", static () => Environment.CpuUsage.TotalTime.TotalSeconds, null,
            "Total user and system CPU time spent in seconds.");
        meter.CreateObservableGauge(
            "process_resident_memory_bytes", static () => Environment.WorkingSet, null,
            "Resident memory size in bytes.");
        meter.CreateObservableGauge(
            "process_virtual_memory_bytes", VirtualBytes, null, "Virtual memory size in bytes.");
        double started = StartSeconds();
        meter.CreateObservableGauge(
            "process_start_time_seconds", () => started, null,
            "Start time of the process since unix epoch in seconds.");
    }

    private static void AddFiles(Meter meter)
    {
        if (!ProcessFiles.AreKnown)
        {
            return;
        }

        long limit = ProcessFiles.ReadLimit();
        meter.CreateObservableGauge(
            "process_open_fds", ProcessFiles.CountOpen, null, "Number of open file descriptors.");
        meter.CreateObservableGauge("process_max_fds", () => limit, null, "Maximum number of open file descriptors.");
        meter.CreateObservableGauge(
            "os_fd_used", ProcessFiles.CountOpen, null, "The number of used file descriptors.");
        meter.CreateObservableGauge("os_fd_limit", () => limit, null, "The file descriptor limit.");
    }

    private static void AddRuntime(Meter meter)
    {
        for (int generation = 0; generation <= GC.MaxGeneration; generation++)
        {
            int one = generation;
            meter.CreateObservableCounter(
                "dotnet_gc_collections_total", () => (long)GC.CollectionCount(one), null,
                "Garbage collections.", [new("generation", generation)]);
        }

        meter.CreateObservableCounter(
            "dotnet_gc_pause_seconds_total", static () => GC.GetTotalPauseDuration().TotalSeconds, null,
            "Time that garbage collections held everything up.");
        meter.CreateObservableGauge(
            "dotnet_gc_heap_size_bytes", static () => GC.GetTotalMemory(false), null, "Managed bytes in use.");
        meter.CreateObservableCounter(
            "dotnet_gc_allocated_bytes_total", static () => GC.GetTotalAllocatedBytes(), null,
            "Managed bytes allocated since the start.");
        meter.CreateObservableGauge(
            "dotnet_thread_pool_threads", static () => (long)ThreadPool.ThreadCount, null, "Thread pool threads.");
        meter.CreateObservableGauge(
            "dotnet_thread_pool_queue_length", static () => ThreadPool.PendingWorkItemCount, null,
            "Work that waits for a thread pool thread.");
    }

    private static double StartSeconds()
    {
        using Process process = Process.GetCurrentProcess();
        return new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000.0;
    }

    private static long VirtualBytes()
    {
        using Process process = Process.GetCurrentProcess();
        return process.VirtualMemorySize64;
    }
}
