using System.CommandLine;
using Keelson.Bench.Load.Commands;
using Keelson.Bench.Load.Reports;

Screen.Adapt();
RootCommand root = new("load: drives Keelson and a real etcd in turns and prints how they relate")
{
    CompareCommand.Make(),
    RunCommand.Make(),
    ScenarioCommand.Make("memory", "anonymous memory with a million keys", MemoryScenario.Run),
    ScenarioCommand.Make("restart", "seconds to ready with a million keys", RestartScenario.Run),
    ScenarioCommand.Make("compaction", "put latency during a compaction of 300,000 revisions", CompactionScenario.Run),
    ScenarioCommand.Make("versions", "puts to one key with a million versions", VersionsScenario.Run),
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
