using System.Collections;
using System.CommandLine;
using Keelson.StoreServer;
using Keelson.StoreServer.Options;

namespace Keelson.Cli.Commands;

/// <summary>
/// <c>keelson store</c>: the store as a server, with etcd's flags, environment and configuration file.
/// </summary>
internal static class StoreCommand
{
    private const string Name = "store";

    /// <summary>True when everything behind the command's name is for etcd's flags.</summary>
    public static bool TakesAll(string[] arguments) =>
        arguments.Length > 0
        && arguments[0] == Name
        && (arguments.Length == 1 || arguments[1].StartsWith('-') || !Create().Subcommands.Any(
            command => command.Name == arguments[1]));

    /// <summary>For the list of commands in the program's help.</summary>
    public static Command Create() =>
        new(Name, "The store as a server; takes etcd's flags (keelson store --help).")
        {
            SnapshotCommand.Create(),
            HashKVCommand.Create(),
            VerifyCommand.Create(),
            InspectCommand.Create(),
        };

    public static async Task<int> RunAsync(string[] arguments)
    {
        switch (OptionsReader.Read(arguments, ReadEnvironment(), File.ReadAllText))
        {
            case OptionsReading.ShowHelp:
                await Console.Out.WriteAsync(HelpText.Full());
                return ExitCode.Success;
            case OptionsReading.ShowVersion:
                await Console.Out.WriteLineAsync(ServedVersion.Text);
                return ExitCode.Success;
            case OptionsReading.Refuse refuse:
                await ReportAsync(refuse);
                return ExitCode.Usage;
            case OptionsReading.Serve serve:
                return await NodeRunner.RunAsync(serve, static (_, _) => Task.CompletedTask);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static async Task ReportAsync(OptionsReading.Refuse refuse)
    {
        foreach (string fault in refuse.Faults)
        {
            await Console.Error.WriteLineAsync(fault);
        }

        if (refuse.ShowUsage)
        {
            await Console.Error.WriteAsync(HelpText.Usage);
        }
    }

    private static Dictionary<string, string> ReadEnvironment()
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            environment[(string)entry.Key] = (string?)entry.Value ?? "";
        }

        return environment;
    }
}
