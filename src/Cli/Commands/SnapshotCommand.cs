using System.CommandLine;

namespace Keelson.Cli.Commands;

/// <summary><c>keelson store snapshot</c>: backups.</summary>
internal static class SnapshotCommand
{
    public static Command Create() => new("snapshot", "Backups in etcd's format.")
    {
        SnapshotSaveCommand.Create(),
        SnapshotStatusCommand.Create(),
        SnapshotRestoreCommand.Create(),
    };
}
