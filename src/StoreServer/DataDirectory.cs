using Keelson.StoreServer.Options;

namespace Keelson.StoreServer;

/// <summary>Where the node's data is.</summary>
internal static class DataDirectory
{
    /// <summary>etcd keeps everything below this name.</summary>
    private const string EtcdsOwn = "member";

    /// <summary>Creates the directory for its owner alone, as etcd does, and returns its full path.</summary>
    /// <exception cref="IOException">It cannot be used, and the message says why.</exception>
    public static string Prepare(StoreServerOptions options)
    {
        string path = Path.GetFullPath(options.EffectiveDataDirectory);
        if (Directory.Exists(Path.Combine(path, EtcdsOwn)))
        {
            throw new IOException(
                $"{path} holds etcd's own files: save a snapshot with etcdctl and restore it with "
                + "`keelson store snapshot restore`");
        }

        bool isEmpty = !Directory.Exists(path) || !Directory.EnumerateFileSystemEntries(path).Any();
        if (isEmpty && options.InitialClusterState == "existing")
        {
            throw new IOException(
                $"{path} is empty and --initial-cluster-state is existing: joining a cluster is not served yet");
        }

        Create(path);
        return path;
    }

    private static void Create(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
