using System.CommandLine;
using Keelson.Cli.Tools;
using Keelson.Store.Host;

namespace Keelson.Cli.Commands;

/// <summary><c>keelson store verify</c>: reads all of a stopped store and lists what is damaged.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var directory = new Argument<string>("data-dir") { Description = "The data directory; no server has it open." };
        var command = new Command("verify", "Checks trees, history and log; changes nothing.") { directory };
        command.SetAction((result, _) => ToolRunner.RunAsync(() => RunAsync(result.GetRequiredValue(directory))));
        return command;
    }

    private static async Task<int> RunAsync(string directory)
    {
        using RealDisk disk = ToolRunner.OpenDirectory(directory);
        IReadOnlyList<string> damages = StoreVerification.Run(disk, Console.Out.WriteLine);
        foreach (string damage in damages)
        {
            await Console.Error.WriteLineAsync($"DAMAGE {damage}");
        }

        await Console.Out.WriteLineAsync(damages.Count == 0 ? "sound" : $"{damages.Count} damages");
        return damages.Count == 0 ? ExitCode.Success : ExitCode.Failure;
    }
}
