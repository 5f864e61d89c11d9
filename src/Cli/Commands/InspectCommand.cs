using System.CommandLine;
using Keelson.Cli.Tools;
using Keelson.Store.Host;

namespace Keelson.Cli.Commands;

/// <summary><c>keelson store inspect</c>: roots, segments, sizes and revisions of a stopped store.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        var directory = new Argument<string>("data-dir") { Description = "The data directory; no server has it open." };
        var command = new Command("inspect", "Shows what a data directory consists of.") { directory };
        command.SetAction((result, _) => ToolRunner.RunAsync(() => RunAsync(result.GetRequiredValue(directory))));
        return command;
    }

    private static async Task<int> RunAsync(string directory)
    {
        using RealDisk disk = ToolRunner.OpenDirectory(directory);
        foreach (string line in StoreInspection.Describe(disk))
        {
            await Console.Out.WriteLineAsync(line);
        }

        return ExitCode.Success;
    }
}
