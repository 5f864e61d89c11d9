using Keelson.Bench.Load.Driving;
using Keelson.Bench.Load.Reports;
using Keelson.Bench.Load.Servers;
using Keelson.Bench.Load.Workloads;

namespace Keelson.Bench.Load.Commands;

/// <summary>Puts to and gets of one key that has a million versions, against many keys on the same server.</summary>
internal static class VersionsScenario
{
    private const int Versions = 1_000_000;
    private static readonly Shape FillShape = new(4, 64);

    public static int Run(Values values)
    {
        WorkloadPlan plan = values.Plan("put");
        List<Facts> facts = values.Kinds.Select(kind => Measure(values, plan, kind)).ToList();
        Screen.Show($"server CPU us/call on one key with {Versions:N0} versions",
            ["server", "put: many keys", "one key", "factor", "get: many keys", "one key", "factor"],
            facts.Select(item => item.Row()));
        ResultFile.Append(values.Results, "versions", facts);
        Console.WriteLine($"versions: a put costs {Screen.Number(facts[1].Put.Factor)}x on {values.B.Name}, "
            + $"{Screen.Number(facts[0].Put.Factor)}x on {values.A.Name}; a get "
            + $"{Screen.Number(facts[1].Get.Factor)}x and {Screen.Number(facts[0].Get.Factor)}x");
        return 0;
    }

    private static Facts Measure(Values values, WorkloadPlan plan, ServerKind kind)
    {
        Screen.Progress($"versions: {kind.Name} gets {Versions:N0} versions of one key");
        using ServerProcess server = ServerProcess.StartFresh(kind, values.DataRoot);
        KeySpace keys = plan.MakeKeys();
        Session.Prepare(server.Target, plan);
        Session.Complete(server.Target, new PutWorkload(keys, KeyOrder.First), FillShape, Versions);
        // Gets first: the puts to many keys give those versions too.
        Cost get = Compare(values, server, order => new GetWorkload(keys, serializable: false, order));
        Cost put = Compare(values, server, order => new PutWorkload(keys, order));
        return new Facts(kind.Name, put, get);
    }

    private static Cost Compare(Values values, ServerProcess server, Func<KeyOrder, IWorkload> make)
    {
        List<double> many = [];
        List<double> one = [];
        for (int round = 0; round < values.Rounds; round++)
        {
            many.Add(Measure(values, server, make(KeyOrder.Random)));
            one.Add(Measure(values, server, make(KeyOrder.First)));
        }

        return new Cost(Comparison.Median(many), Comparison.Median(one));
    }

    private static double Measure(Values values, ServerProcess server, IWorkload workload)
    {
        Measurement measurement = Session.Measure(server.Target, workload, values.Session);
        Screen.Round(server.Name, measurement);
        return measurement.CpuMicrosPerOperation;
    }

    private sealed record Cost(double ManyKeysMicros, double OneKeyMicros)
    {
        public double Factor => OneKeyMicros / ManyKeysMicros;

        public IReadOnlyList<string> Row() =>
            [Screen.Number(ManyKeysMicros), Screen.Number(OneKeyMicros), Screen.Number(Factor)];
    }

    private sealed record Facts(string Server, Cost Put, Cost Get)
    {
        public IReadOnlyList<string> Row() => [Server, .. Put.Row(), .. Get.Row()];
    }
}
