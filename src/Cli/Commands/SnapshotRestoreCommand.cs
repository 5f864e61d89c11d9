using System.CommandLine;
using Keelson.Cli.Tools;
using Keelson.Store;

namespace Keelson.Cli.Commands;

/// <summary>
/// <c>keelson store snapshot restore</c>: a data directory of a backup of etcd 3.5 to 3.7, or of ours. Takes etcdutl's
/// flags; those that describe the cluster are given again when the server starts, and nothing here depends on them.
/// </summary>
internal static class SnapshotRestoreCommand
{
    private const string DataDirectorySuffix = ".etcd";

    private static readonly Argument<string> FileArgument = new("file") { Description = "The backup." };

    private static readonly Option<string?> DataDirectory = new("--data-dir")
    {
        Description = "The new data directory; <name>.etcd when it is left out.",
    };

    private static readonly Option<string> NameOption = new("--name")
    {
        Description = "The member's name.",
        DefaultValueFactory = static _ => "default",
    };

    private static readonly Option<bool> SkipHashCheck = new("--skip-hash-check")
    {
        Description = "Also take a file without checksum: a copy of a data directory's db.",
    };

    private static readonly Option<long> BumpRevision = new("--bump-revision")
    {
        Description = "Raise the newest revision by this much.",
    };

    private static readonly Option<bool> MarkCompacted = new("--mark-compacted")
    {
        Description = "Make all before the raised revision compacted; required with --bump-revision, refused without.",
    };

    public static Command Create()
    {
        var command = new Command("restore", "Makes a new data directory of a backup.")
        {
            FileArgument, DataDirectory, NameOption, SkipHashCheck, BumpRevision, MarkCompacted,
        };
        string[] accepted =
        [
            "--initial-cluster", "--initial-cluster-token", "--initial-advertise-peer-urls", "--wal-dir",
            "--initial-memory-map-size",
        ];
        foreach (string name in accepted)
        {
            command.Add(new Option<string>(name) { Description = "Accepted as etcdutl's; has no effect." });
        }

        command.SetAction(
            (result, cancellationToken) => ToolRunner.RunAsync(() => RunAsync(result, cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        long bump = result.GetValue(BumpRevision);
        if (bump is < 0 or > RestoreOptions.RevisionBumpMax || bump > 0 != result.GetValue(MarkCompacted))
        {
            await Console.Error.WriteLineAsync(
                $"--bump-revision takes 1 to {RestoreOptions.RevisionBumpMax} and needs --mark-compacted, "
                + "which is not allowed without it");
            return ExitCode.Usage;
        }

        string directory = result.GetValue(DataDirectory) ?? result.GetValue(NameOption) + DataDirectorySuffix;
        var options = new RestoreOptions
        {
            SkipChecksum = result.GetValue(SkipHashCheck),
            RevisionBump = bump,
            Progress = new ProgressLines(),
        };
        RestoreResult restored = await KeyValueStore.RestoreAsync(
            result.GetRequiredValue(FileArgument), directory, options, cancellationToken);
        await Console.Out.WriteLineAsync(
            $"restored revision {restored.Revision}: {restored.Versions} versions, {restored.Leases} leases, "
            + $"compact revision {restored.CompactRevision}, into {directory}");
        if (restored.AuthWasEnabled)
        {
            await Console.Error.WriteLineAsync(
                "warning: authentication was enabled in the backup. Users, roles and permissions are not restored: "
                + "everyone who reaches the server may read and write all of it");
        }

        return ExitCode.Success;
    }

    /// <summary>Written at once: the order matters, and the restore is not in a hurry.</summary>
    private sealed class ProgressLines : IProgress<(long Done, long Total)>
    {
        public void Report((long Done, long Total) value) => Console.Error.WriteLine(
            $"{HumanBytes.Format(value.Done)} of {HumanBytes.Format(value.Total)} restored");
    }
}
