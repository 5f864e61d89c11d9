using Keelson.Bench.Load.Driving;
using Keelson.Bench.Load.Reports;
using Keelson.Bench.Load.Servers;
using Keelson.Bench.Load.Workloads;

namespace Keelson.Bench.Load.Commands;

/// <summary>Puts to one key that has a million versions, against puts to many keys on the same server.</summary>
internal static class VersionsScenario
{
    private const int Versions = 1_000_000;
    private static readonly Shape FillShape = new(4, 64);

    public static int Run(Values values)
    {
        WorkloadPlan plan = values.Plan("put");
        List<Facts> facts = values.Kinds.Select(kind => Measure(values, plan, kind)).ToList();
        Screen.Show($"server CPU us/put on one key with {Versions:N0} versions",
            ["server", "many keys", "one key", "factor"], facts.Select(item => item.Row()));
        ResultFile.Append(values.Results, "versions", facts);
        Console.WriteLine($"versions: a put costs {Screen.Number(facts[1].Factor)}x on {values.B.Name}, "
            + $"{Screen.Number(facts[0].Factor)}x on {values.A.Name}");
        return 0;
    }

    private static Facts Measure(Values values, WorkloadPlan plan, ServerKind kind)
    {
        Screen.Progress($"versions: {kind.Name} gets {Versions:N0} versions of one key");
        using ServerProcess server = ServerProcess.StartFresh(kind, values.DataRoot);
        KeySpace keys = plan.MakeKeys();
        Session.Prepare(server.Target, plan);
        Session.Complete(server.Target, new PutWorkload(keys, KeyOrder.First), FillShape, Versions);
        List<double> many = [];
        List<double> one = [];
        for (int round = 0; round < values.Rounds; round++)
        {
            many.Add(Put(values, server, new PutWorkload(keys, KeyOrder.Random)));
            one.Add(Put(values, server, new PutWorkload(keys, KeyOrder.First)));
        }

        return new Facts(kind.Name, Comparison.Median(many), Comparison.Median(one));
    }

    private static double Put(Values values, ServerProcess server, PutWorkload workload)
    {
        Measurement measurement = Session.Measure(server.Target, workload, values.Session);
        Screen.Round(server.Name, measurement);
        return measurement.CpuMicrosPerOperation;
    }

    private sealed record Facts(string Server, double ManyKeysMicros, double OneKeyMicros)
    {
        public double Factor => OneKeyMicros / ManyKeysMicros;

        public IReadOnlyList<string> Row() =>
            [Server, Screen.Number(ManyKeysMicros), Screen.Number(OneKeyMicros), Screen.Number(Factor)];
    }
}
