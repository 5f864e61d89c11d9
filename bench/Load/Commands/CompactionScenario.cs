using Keelson.Bench.Load.Driving;
using Keelson.Bench.Load.Reports;
using Keelson.Bench.Load.Servers;
using Keelson.Bench.Load.Workloads;

namespace Keelson.Bench.Load.Commands;

/// <summary>What a compaction of 300,000 revisions does to the latency of paced puts.</summary>
internal static class CompactionScenario
{
    private const int Revisions = 300_000;
    private const double DefaultRate = 1_000;
    private const double WindowSecondsMin = 10;
    private static readonly Shape FillShape = new(4, 64);

    public static int Run(Values values)
    {
        WorkloadPlan plan = values.Plan("put");
        List<Facts> facts = [];
        for (int round = 1; round <= values.Rounds; round++)
        {
            foreach (ServerKind kind in values.Kinds)
            {
                Screen.Progress(
                    $"compaction, round {round} of {values.Rounds}: {kind.Name} makes {Revisions:N0} revisions");
                facts.Add(Round(values, plan, kind));
                Screen.Progress($"  {kind.Name}: put p99 {Screen.Number(facts[^1].QuietMicros)} us quiet, "
                    + $"{Screen.Number(facts[^1].CompactingMicros)} us during");
            }
        }

        List<IReadOnlyList<string>> rows = values.Kinds.Select(kind => Row(kind.Name, facts)).ToList();
        Screen.Show($"put p99 at {Rate(values):N0}/s around a compaction of {Revisions:N0} revisions (medians)",
            ["server", "quiet us", "during us", "factor"], rows);
        ResultFile.Append(values.Results, "compaction", facts);
        Console.WriteLine(
            $"compaction: put p99 rises {rows[1][3]}x on {values.B.Name}, {rows[0][3]}x on {values.A.Name}");
        return 0;
    }

    private static double Rate(Values values) => values.Rate > 0 ? values.Rate : DefaultRate;

    private static Facts Round(Values values, WorkloadPlan plan, ServerKind kind)
    {
        using ServerProcess server = ServerProcess.StartFresh(kind, values.DataRoot);
        KeySpace keys = plan.MakeKeys();
        Session.Prepare(server.Target, plan);
        Session.Complete(server.Target, new PutWorkload(keys, KeyOrder.Random), FillShape, Revisions);
        SessionOptions paced = values.Session with
        {
            Rate = Rate(values),
            Seconds = Math.Max(values.Seconds, WindowSecondsMin),
        };
        Measurement quiet = Session.Measure(server.Target, new PutWorkload(keys, KeyOrder.Random), paced);
        long revision = Session.Verify(server.Target, keys);
        Measurement compacting = Session.Measure(server.Target, new PutWorkload(keys, KeyOrder.Random), paced,
            () => Session.Complete(server.Target, new CompactWorkload(revision), new Shape(1, 1), 1));
        return new Facts(kind.Name, quiet.P99Micros, compacting.P99Micros);
    }

    private static IReadOnlyList<string> Row(string server, List<Facts> facts)
    {
        List<Facts> own = facts.FindAll(item => item.Server == server);
        double quiet = Comparison.Median(own.Select(item => item.QuietMicros));
        double compacting = Comparison.Median(own.Select(item => item.CompactingMicros));
        double factor = Comparison.Median(own.Select(item => item.CompactingMicros / item.QuietMicros));
        return [server, Screen.Number(quiet), Screen.Number(compacting), Screen.Number(factor)];
    }

    private sealed record Facts(string Server, double QuietMicros, double CompactingMicros);
}
