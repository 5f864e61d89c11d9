using System.CommandLine;
using Keelson.Bench.Load.Driving;
using Keelson.Bench.Load.Reports;
using Keelson.Bench.Load.Servers;
using Keelson.Bench.Load.Workloads;

namespace Keelson.Bench.Load.Commands;

/// <summary>Two servers in turns, A B A B, and the ratio of their medians.</summary>
internal static class CompareCommand
{
    public static Command Make()
    {
        Option<string> workload = new("--workload") { Required = true };
        workload.Description = string.Join(", ", WorkloadPlan.Names);
        Command command = new("compare", "run two servers in turns and print how they relate") { workload };
        Settings settings = new();
        settings.AddTo(command);
        command.SetAction(line => Run(settings.Read(line), line.GetRequiredValue(workload)));
        return command;
    }

    private static int Run(Values values, string workload)
    {
        WorkloadPlan plan = values.Plan(workload);
        bool reuse = !plan.Make().ChangesData;
        Dictionary<string, ServerProcess> standing = [];
        (List<Measurement> A, List<Measurement> B) rounds = ([], []);
        try
        {
            for (int round = 1; round <= values.Rounds; round++)
            {
                Screen.Progress($"{plan.Name} {plan.Shape}, round {round} of {values.Rounds}");
                rounds.A.Add(Round(values, plan, "A" + values.A.Name, reuse ? standing : null));
                rounds.B.Add(Round(values, plan, "B" + values.B.Name, reuse ? standing : null));
            }
        }
        finally
        {
            foreach (ServerProcess server in standing.Values)
            {
                server.Dispose();
            }
        }

        CompareResult result = CompareResult.Of(plan, values.Rate, (values.A.Name, values.B.Name), rounds);
        if (!reuse)
        {
            result = result with
            {
                SyncsPerOperationA = CountSyncs(values, plan, values.A),
                SyncsPerOperationB = CountSyncs(values, plan, values.B),
            };
        }

        Screen.Show(result);
        ResultFile.Append(values.Results, plan.Name, result);
        return 0;
    }

    // A server whose data is only read keeps running between its rounds; idle it costs the other one nothing.
    private static Measurement Round(
        Values values, WorkloadPlan plan, string side, Dictionary<string, ServerProcess>? standing)
    {
        ServerKind kind = side[0] == 'A' ? values.A : values.B;
        if (standing is not null && standing.TryGetValue(side, out ServerProcess? running))
        {
            return Measured(running, values, plan);
        }

        ServerProcess server = ServerProcess.StartFresh(kind, values.DataRoot);
        try
        {
            Session.Prepare(server.Target, plan);
            Measurement measurement = Measured(server, values, plan);
            standing?.Add(side, server);
            return measurement;
        }
        finally
        {
            if (standing?.ContainsKey(side) != true)
            {
                server.Dispose();
            }
        }
    }

    private static Measurement Measured(ServerProcess server, Values values, WorkloadPlan plan)
    {
        Measurement measurement = Session.Measure(server.Target, plan.Make(), values.Session);
        Screen.Round(server.Name, measurement);
        return measurement;
    }

    private static double? CountSyncs(Values values, WorkloadPlan plan, ServerKind kind)
    {
        using ServerProcess server = ServerProcess.StartFresh(kind, values.DataRoot);
        Session.Prepare(server.Target, plan);
        return Session.CountSyncs(server.Target, plan.Make(), values.Session);
    }
}
