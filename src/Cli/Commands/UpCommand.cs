using System.CommandLine;
using Keelson.StoreServer;
using Keelson.StoreServer.Options;

namespace Keelson.Cli.Commands;

/// <summary><c>keelson up</c>: everything that exists, in one process. So far that is the store.</summary>
internal static class UpCommand
{
    public static Command Create()
    {
        var directory = new Option<string>("--data-dir")
        {
            Description = "The directory that holds everything.",
            DefaultValueFactory = static _ => "./data",
        };
        var port = new Option<int>("--store-port")
        {
            Description = "Where the store listens on 127.0.0.1.",
            DefaultValueFactory = static _ => 2379,
        };
        var level = new Option<string>("--log-level")
        {
            Description = "debug, info, warn, error, panic or fatal.",
            DefaultValueFactory = static _ => "warn",
        };
        var command = new Command("up", "Everything in one process, data in --data-dir.") { directory, port, level };
        command.SetAction((result, _) => RunAsync(
            result.GetRequiredValue(directory), result.GetRequiredValue(port), result.GetRequiredValue(level)));
        return command;
    }

    private static async Task<int> RunAsync(string directory, int port, string level)
    {
        string url = $"http://127.0.0.1:{port}";
        string[] arguments =
        [
            "--data-dir", directory, "--listen-client-urls", url, "--advertise-client-urls", url, "--log-level", level,
        ];
        switch (OptionsReader.Read(arguments, new Dictionary<string, string>(), File.ReadAllText))
        {
            case OptionsReading.Serve serve:
                return await NodeRunner.RunAsync(serve, WelcomeAsync);
            case OptionsReading.Refuse refuse:
                await Console.Error.WriteLineAsync(string.Join('\n', refuse.Faults));
                return ExitCode.Usage;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static Task WelcomeAsync(StoreNode node, StoreServerOptions options)
    {
        string endpoint = string.Join(',', node.Addresses);
        return Console.Out.WriteLineAsync(
            $"""
            ready
              store  {endpoint}  (data in {Path.GetFullPath(options.EffectiveDataDirectory)})

            To use it from another terminal:
              export ETCDCTL_ENDPOINTS={endpoint}
              etcdctl put hello world
              etcdctl get hello
              etcdctl watch --prefix ''

            Ctrl+C stops it; the data stays.
            """);
    }
}
