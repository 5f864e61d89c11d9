using System.CommandLine;
using System.Net;
using Keelson.Bench.Load.Driving;
using Keelson.Bench.Load.Reports;
using Keelson.Bench.Load.Workloads;

namespace Keelson.Bench.Load.Commands;

/// <summary>Drives a server that somebody else started: latencies and rate, without the server's own costs.</summary>
internal static class RunCommand
{
    public static Command Make()
    {
        Option<string> workload = new("--workload") { Required = true };
        Option<string> endpoint = new("--endpoint") { DefaultValueFactory = _ => "127.0.0.1:2379" };
        Option<int> process = new("--pid") { Description = "the server's process, if its CPU time is wanted" };
        workload.Description = string.Join(", ", WorkloadPlan.Names);
        Command command = new("run", "drive a running server") { workload, endpoint, process };
        Settings settings = new();
        settings.AddTo(command);
        command.SetAction(line => Run(
            settings.Read(line, needsServers: false),
            line.GetRequiredValue(workload),
            IPEndPoint.Parse(line.GetRequiredValue(endpoint)),
            line.GetValue(process)));
        return command;
    }

    private static int Run(Values values, string workload, IPEndPoint endpoint, int process)
    {
        WorkloadPlan plan = values.Plan(workload);
        // Without a process to sample the client's own stands in: its CPU time is printed as such.
        Target target = new(endpoint.ToString(), endpoint, process > 0 ? process : Environment.ProcessId);
        Session.Prepare(target, plan);
        for (int round = 1; round <= values.Rounds; round++)
        {
            Screen.Round(target.Name, Session.Measure(target, plan.Make(), values.Session));
        }

        return 0;
    }
}
