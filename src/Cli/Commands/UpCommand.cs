using System.CommandLine;
using System.Net;
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
        port.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > IPEndPoint.MaxPort)
            {
                result.AddError($"--store-port takes 0 (any that is free) to {IPEndPoint.MaxPort}");
            }
        });
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
                return await RunAsync(serve);
            case OptionsReading.Refuse refuse:
                await Console.Error.WriteLineAsync(string.Join('\n', refuse.Faults));
                return ExitCode.Usage;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static async Task<int> RunAsync(OptionsReading.Serve serve)
    {
        bool isReady = false;
        int code = await NodeRunner.RunAsync(serve, (node, options) =>
        {
            isReady = true;
            return WelcomeAsync(node, options);
        });
        if (!isReady)
        {
            await Console.Error.WriteLineAsync(
                "did not start: see the reason above; --store-port and --data-dir choose another port and directory");
        }

        return code;
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
