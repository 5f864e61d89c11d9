using Keelson.Bench.Load.Driving;
using Keelson.Bench.Load.Reports;
using Keelson.Bench.Load.Servers;
using Keelson.Bench.Load.Workloads;

namespace Keelson.Bench.Load.Commands;

/// <summary>
/// From the start of the program to ready, with a million keys: after a clean stop and after kill -9.
/// </summary>
internal static class RestartScenario
{
    private const int DefaultKeys = 1_000_000;
    private const double DefaultRate = 1_000;

    public static int Run(Values values)
    {
        WorkloadPlan plan = values.Plan("put") with { Keys = values.Keys > 0 ? values.Keys : DefaultKeys };
        ServerProcess[] servers = values.Kinds.Select(kind => Load(values, plan, kind)).ToArray();
        List<Facts> facts = [.. servers.Select(server => new Facts(server.Name))];
        try
        {
            for (int round = 1; round <= values.Rounds; round++)
            {
                for (int side = 0; side < servers.Length; side++)
                {
                    Round(values, plan, servers[side], facts[side]);
                    Screen.Progress($"restart, round {round} of {values.Rounds}: {facts[side].Last()}");
                }
            }
        }
        finally
        {
            foreach (ServerProcess server in servers)
            {
                server.Dispose();
            }
        }

        Screen.Show($"seconds to ready with {plan.Keys:N0} keys (median of {values.Rounds})",
            ["server", "stop", "start after stop", "start after kill -9"], facts.Select(item => item.Row()));
        ResultFile.Append(values.Results, "restart", facts);
        double ratio = Comparison.Median(facts[0].Crashed) / Comparison.Median(facts[1].Crashed);
        Console.WriteLine(
            $"restart after kill -9: {values.B.Name} is {Screen.Number(ratio)}x faster than {values.A.Name}");
        return 0;
    }

    private static ServerProcess Load(Values values, WorkloadPlan plan, ServerKind kind)
    {
        Screen.Progress($"restart: loading {kind.Name}");
        ServerProcess server = ServerProcess.StartFresh(kind, values.DataRoot);
        Session.Prepare(server.Target, plan);
        return server;
    }

    private static void Round(Values values, WorkloadPlan plan, ServerProcess server, Facts facts)
    {
        facts.Stopping.Add(server.Stop().TotalSeconds);
        facts.Clean.Add(server.Start().TotalSeconds);
        Session.Verify(server.Target, plan.MakeKeys());
        Crash(values, plan, server);
        facts.Crashed.Add(server.Start().TotalSeconds);
        Session.Verify(server.Target, plan.MakeKeys());
    }

    private static void Crash(Values values, WorkloadPlan plan, ServerProcess server)
    {
        DriverOptions options = new()
        {
            Server = server.Client,
            Shape = values.Shape,
            Rate = values.Rate > 0 ? values.Rate : DefaultRate,
        };
        using Driver driver = new(options, new PutWorkload(plan.MakeKeys(), KeyOrder.Random));
        driver.Start();
        Thread.Sleep(TimeSpan.FromSeconds(values.Seconds));
        driver.ThrowIfFailed();
        if (driver.Completed == 0)
        {
            throw new IOException($"{server.Name} answered nothing before the kill");
        }

        server.Kill();
    }

    private sealed record Facts(string Server)
    {
        public List<double> Stopping { get; } = [];

        public List<double> Clean { get; } = [];

        public List<double> Crashed { get; } = [];

        public string Last() =>
            $"{Server} stop {Screen.Number(Stopping[^1])} s, start {Screen.Number(Clean[^1])} s, "
            + $"after kill -9 {Screen.Number(Crashed[^1])} s";

        public IReadOnlyList<string> Row() =>
        [
            Server, Screen.Number(Comparison.Median(Stopping)), Screen.Number(Comparison.Median(Clean)),
            Screen.Number(Comparison.Median(Crashed)),
        ];
    }
}
