using System.CommandLine;
using Keelson.Cli.Tools;
using Keelson.Rpc.Client;

namespace Keelson.Cli.Commands;

/// <summary><c>keelson store snapshot save</c>: a backup of a running server, etcd's too.</summary>
internal static class SnapshotSaveCommand
{
    private static readonly Argument<string> FileArgument = new("file") { Description = "Where to save it." };

    private static readonly Option<string> Endpoint = new("--endpoint", "--endpoints")
    {
        Description = "The server.",
        DefaultValueFactory = static _ => "http://127.0.0.1:2379",
    };

    private static readonly Option<string?> Authority = new("--cacert")
    {
        Description = "PEM file with the authorities that may sign the server's certificate.",
    };

    private static readonly Option<string?> Certificate = new("--cert") { Description = "PEM file to identify with." };

    private static readonly Option<string?> Key = new("--key") { Description = "PEM file with the certificate's key." };

    public static Command Create()
    {
        var command = new Command("save", "Saves a backup of a running server.")
        {
            FileArgument, Endpoint, Authority, Certificate, Key,
        };
        command.SetAction(
            (result, cancellationToken) => ToolRunner.RunAsync(() => RunAsync(result, cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        string endpoint = result.GetRequiredValue(Endpoint);
        string url = endpoint.Contains("://", StringComparison.Ordinal) ? endpoint : $"http://{endpoint}";
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? uri))
        {
            await Console.Error.WriteLineAsync($"--endpoint {endpoint} is not an address");
            return ExitCode.Usage;
        }

        using var channel = new RpcChannel(new RpcChannelOptions
        {
            Endpoints = [uri],
            Tls = ClientTls.Read(
                result.GetValue(Authority), result.GetValue(Certificate), result.GetValue(Key)),
        });
        string file = result.GetRequiredValue(FileArgument);
        string version = await SnapshotDownload.RunAsync(channel, file, new ProgressLine(), cancellationToken);
        await Console.Out.WriteLineAsync($"Snapshot saved at {file}");
        if (version.Length > 0)
        {
            await Console.Out.WriteLineAsync($"Server version {version}");
        }

        return ExitCode.Success;
    }

    /// <summary>One line that is written over, for terminals only.</summary>
    private sealed class ProgressLine : IProgress<ulong>
    {
        private const ulong ReportBytes = 16 << 20;
        private ulong _reported = ulong.MaxValue;

        public void Report(ulong value)
        {
            if (!Console.IsErrorRedirected && (value == 0 || _reported - value >= ReportBytes))
            {
                _reported = value;
                Console.Error.Write($"\r{HumanBytes.Format((long)value)} to go    {(value == 0 ? "\n" : "")}");
            }
        }
    }
}
