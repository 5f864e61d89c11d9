using System.CommandLine;
using System.Runtime.InteropServices;
using Keelson.Bench.Load.Commands;
using Keelson.Bench.Load.Reports;

Screen.Adapt();

// Since .NET 10 a signal ends the process at once; leaving in order stops the servers and removes their data.
const int endedBySignal = 128;
using PosixSignalRegistration terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, LeaveInOrder);
using PosixSignalRegistration interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, LeaveInOrder);
RootCommand root = new("load: drives Keelson and a real etcd in turns and prints how they relate")
{
    CompareCommand.Make(),
    RunCommand.Make(),
    ScenarioCommand.Make("memory", "anonymous memory with a million keys", MemoryScenario.Run),
    ScenarioCommand.Make("restart", "seconds to ready with a million keys", RestartScenario.Run),
    ScenarioCommand.Make("compaction", "put latency during a compaction of 300,000 revisions", CompactionScenario.Run),
    ScenarioCommand.Make("versions", "puts to and gets of one key with a million versions", VersionsScenario.Run),
};
try
{
    return root.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception failure) when (failure is IOException or ArgumentException or TimeoutException or FormatException)
{
    // Expected: a server that does not start or answer, a file or an argument that is not right.
    await Console.Error.WriteLineAsync($"error: {failure.Message}");
    return 1;
}

static void LeaveInOrder(PosixSignalContext context)
{
    context.Cancel = true;
    // Shells expect 130 for SIGINT and 143 for SIGTERM.
    Environment.Exit(endedBySignal + (context.Signal == PosixSignal.SIGINT ? 2 : 15));
}
