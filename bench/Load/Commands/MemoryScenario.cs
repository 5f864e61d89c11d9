using Keelson.Bench.Load.Driving;
using Keelson.Bench.Load.Reports;
using Keelson.Bench.Load.Servers;
using Keelson.Bench.Load.Workloads;

namespace Keelson.Bench.Load.Commands;

/// <summary>Anonymous memory before a million keys and a minute after them.</summary>
internal static class MemoryScenario
{
    private const int DefaultKeys = 1_000_000;

    // Collectors and checkpoints have come to rest by then.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(60);

    public static int Run(Values values)
    {
        WorkloadPlan plan = values.Plan("put") with { Keys = values.Keys > 0 ? values.Keys : DefaultKeys };
        List<Facts> facts = values.Kinds.Select(kind => Measure(values, plan, kind)).ToList();
        Screen.Show($"memory with {plan.Keys:N0} keys of {plan.KeyBytes}/{plan.ValueBytes} B",
            ["server", "empty MB", "loaded MB", "bytes a key", "disk MB", "load s"],
            facts.Select(item => item.Row()));
        ResultFile.Append(values.Results, "memory", facts);
        double ratio = facts[0].LoadedMegabytes / facts[1].LoadedMegabytes;
        Console.WriteLine($"memory: {values.B.Name} needs {Screen.Number(ratio)}x less than {values.A.Name}");
        return 0;
    }

    private static Facts Measure(Values values, WorkloadPlan plan, ServerKind kind)
    {
        Screen.Progress($"memory: loading {kind.Name}");
        using ServerProcess server = ServerProcess.StartFresh(kind, values.DataRoot);
        ProcessSample empty = server.Sample();
        Session.Prepare(server.Target, plan);
        ProcessSample full = server.Sample();
        Session.Verify(server.Target, plan.MakeKeys());
        Screen.Progress($"memory: {kind.Name} rests for {Rest.TotalSeconds} s");
        Thread.Sleep(Rest);
        ProcessSample loaded = server.Sample();
        return new Facts
        {
            Server = kind.Name,
            Keys = plan.Keys,
            EmptyMegabytes = empty.AnonymousBytes / 1e6,
            LoadedMegabytes = loaded.AnonymousBytes / 1e6,
            DiskMegabytes = server.DiskBytes() / 1e6,
            LoadSeconds = (full.Timestamp - empty.Timestamp) / (double)System.Diagnostics.Stopwatch.Frequency,
        };
    }

    private sealed record Facts
    {
        public required string Server { get; init; }

        public required int Keys { get; init; }

        public required double EmptyMegabytes { get; init; }

        public required double LoadedMegabytes { get; init; }

        public required double DiskMegabytes { get; init; }

        public required double LoadSeconds { get; init; }

        public double BytesPerKey => (LoadedMegabytes - EmptyMegabytes) * 1e6 / Keys;

        public IReadOnlyList<string> Row() =>
        [
            Server, Screen.Number(EmptyMegabytes), Screen.Number(LoadedMegabytes), Screen.Number(BytesPerKey),
            Screen.Number(DiskMegabytes), Screen.Number(LoadSeconds),
        ];
    }
}
