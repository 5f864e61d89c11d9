using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Keelson.Base.Seams;
using Keelson.Rpc;
using Keelson.Rpc.Client;
using Keelson.Rpc.Etcd;
using Keelson.Store;
using Keelson.StoreServer.Backup;

namespace Keelson.Cli.Commands;

/// <summary><c>keelson store snapshot</c>: save from a server, look at, and restore backups in etcd's format.</summary>
internal static class SnapshotCommand
{
    private const string SnapshotMethod = "/etcdserverpb.Maintenance/Snapshot";

    public static Command Create() => new("snapshot", "Backups in etcd's format: save, status, restore.")
    {
        CreateSave(),
        CreateStatus(),
        CreateRestore(),
    };

    private static Command CreateSave()
    {
        Argument<string> file = FileArgument("Where the backup is written.");
        var endpoint = new Option<Uri>("--endpoint")
        {
            Description = "The server.",
            DefaultValueFactory = static _ => new Uri("http://127.0.0.1:2379"),
            CustomParser = ParseEndpoint,
        };
        var command = new Command("save", "Save a backup of a running server.") { file, endpoint };
        command.SetAction((result, token) => GuardAsync(() => SaveAsync(
            result.GetRequiredValue(file), result.GetRequiredValue(endpoint), token)));
        return command;
    }

    private static Command CreateStatus()
    {
        Argument<string> file = FileArgument("The backup.");
        var command = new Command("status", "Check a backup: hash, revision, total keys, size.") { file };
        command.SetAction((result, _) => GuardAsync(() =>
        {
            SnapshotStatus status = SnapshotStatus.Read(result.GetRequiredValue(file));
            string text = string.Create(
                CultureInfo.InvariantCulture,
                $"{status.Hash:x}, {status.Revision}, {status.TotalKeys}, {status.TotalBytes} bytes");
            return Console.Out.WriteLineAsync(text);
        }));
        return command;
    }

    private static Command CreateRestore()
    {
        Argument<string> file = FileArgument("The backup.");
        var directory = new Option<string>("--data-dir") { Description = "A new directory.", Required = true };
        var bump = new Option<long>("--bump-revision")
        {
            Description = "Raise the revision by so much and mark everything before it compacted.",
        };
        var skip = new Option<bool>("--skip-hash-check")
        {
            Description = "Also take a file without a checksum, as copied from a data directory.",
        };
        var command = new Command("restore", "Make a data directory of a backup.") { file, directory, bump, skip };
        command.SetAction((result, token) => GuardAsync(async () =>
        {
            var options = new RestoreOptions
            {
                RevisionBump = result.GetValue(bump),
                SkipChecksum = result.GetValue(skip),
            };
            RestoreResult restored = await KeyValueStore.RestoreAsync(
                result.GetRequiredValue(file), result.GetRequiredValue(directory), options, token);
            await Console.Out.WriteLineAsync(
                $"restored revision {restored.Revision}: {restored.Versions} versions, {restored.Leases} leases");
        }));
        return command;
    }

    private static Uri? ParseEndpoint(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? endpoint) && endpoint.Scheme == Uri.UriSchemeHttp)
        {
            return endpoint;
        }

        result.AddError($"'{text}' is not an http URL");
        return null;
    }

    private static Argument<string> FileArgument(string description) => new("file") { Description = description };

    private static async Task SaveAsync(string path, Uri endpoint, CancellationToken cancellationToken)
    {
        string partial = path + ".part";
        using (var channel = new RpcChannel(new RpcChannelOptions { Endpoints = [endpoint] }))
        await using (RpcClientStream call = channel.OpenStream(SnapshotMethod, RpcCallOptions.None, cancellationToken))
        await using (FileStream output = File.Create(partial))
        {
            await call.SendAsync(new SnapshotRequest());
            call.CompleteSending();
            while (await call.ReadAsync(SnapshotResponse.Parser) is { Message: { } piece })
            {
                await output.WriteAsync(piece.Blob.Memory, cancellationToken);
            }

            if (call.Status is not { IsOK: true })
            {
                throw new IOException($"{endpoint} ended the backup: {call.Status}");
            }

            await output.FlushAsync(cancellationToken);
            RandomAccess.FlushToDisk(output.SafeFileHandle);
        }

        // The name appears when the content is whole, as etcdctl does it.
        File.Move(partial, path, overwrite: true);
        await Console.Out.WriteLineAsync($"Snapshot saved at {path}");
    }

    /// <summary>What people can act on is a line and exit code 1, not a stack.</summary>
    private static async Task<int> GuardAsync(Func<Task> action)
    {
        try
        {
            await action();
            return ExitCode.Success;
        }
        catch (Exception exception) when (exception
            is IOException or DiskException or StoreDamageException or StoreException or UnauthorizedAccessException
            or ArgumentException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return ExitCode.Failure;
        }
    }
}
