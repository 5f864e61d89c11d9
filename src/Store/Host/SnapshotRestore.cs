using Keelson.Base.Seams;
using Keelson.Store.Backup;

namespace Keelson.Store.Host;

/// <summary>
/// Makes a directory of a backup: beside its final place, renamed there when everything in it is durable. What an
/// interrupted restore left is removed by the next one.
/// </summary>
internal static class SnapshotRestore
{
    /// <summary>Behind the directory's name while it is not whole.</summary>
    public const string PartialSuffix = ".partial";

    // What a later one changes is not known. etcd itself starts on nothing newer than it is.
    private static readonly Version NewestStorageVersion = new(3, 7);

    /// <summary>The same on a thread of the pool: the disk is read and written synchronously.</summary>
    public static async ValueTask<RestoreResult> RunAsync(
        string snapshotFile, string directory, RestoreOptions options, CancellationToken cancellationToken) =>
        await Task.Run(() => Run(snapshotFile, directory, options, cancellationToken), cancellationToken);

    public static RestoreResult Run(
        string snapshotFile, string directory, RestoreOptions options, CancellationToken cancellationToken)
    {
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        string partial = target + PartialSuffix;
        RequireEmpty(target);
        using IDiskFile file = OpenSnapshot(snapshotFile);
        var snapshot = new SnapshotReader(file, snapshotFile);
        if (!options.SkipChecksum)
        {
            snapshot.VerifyTrailer();
        }

        RequireKnownVersion(snapshot);
        Remove(partial);
        try
        {
            RestoreResult result = Build(snapshot, partial, options, cancellationToken);
            Remove(target);
            Directory.Move(partial, target);
            SyncParent(target);
            return result;
        }
        catch
        {
            Remove(partial);
            throw;
        }
    }

    /// <summary>A backup, for reading.</summary>
    /// <exception cref="DiskException">It cannot be opened.</exception>
    public static IDiskFile OpenSnapshot(string path) => new RealDiskFile(
        Path.GetFullPath(path), LinuxCalls.ReadOnly, path, RealDisk.SectorBytesMax, LinuxFileCalls.Instance);

    private static RestoreResult Build(
        SnapshotReader snapshot, string partial, RestoreOptions options, CancellationToken cancellationToken)
    {
        using RealDisk disk = RealDisk.Open(partial);
        using var build = new SnapshotBuild(disk, snapshot, options);
        return build.Run(cancellationToken);
    }

    private static void RequireKnownVersion(SnapshotReader snapshot)
    {
        if (snapshot.ReadStorageVersion() is { } version
            && new Version(version.Major, version.Minor) > NewestStorageVersion)
        {
            throw new IOException(
                $"{snapshot.Name} is of etcd's storage version {version}: {NewestStorageVersion} is the newest one "
                + "that can be restored");
        }
    }

    private static void RequireEmpty(string target)
    {
        if (File.Exists(target)
            || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()))
        {
            throw new IOException($"{target} is not empty: restore into a new directory");
        }
    }

    private static void Remove(string directory)
    {
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>The rename is durable when its directory is.</summary>
    private static void SyncParent(string target)
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle parent =
            RealDisk.OpenHandle(Path.GetDirectoryName(target)!, LinuxCalls.ReadOnly);
        RealDisk.Check(LinuxCalls.Sync(parent), "fsync", target);
    }
}
