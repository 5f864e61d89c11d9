using System.Diagnostics;

namespace Keelson.StoreServer.Tests.Serving;

/// <summary>A file system of its own of a given size, in memory; only root may have one.</summary>
internal sealed class SmallFileSystem : IDisposable
{
    private SmallFileSystem(string directory)
    {
        Path = directory;
    }

    public string Path { get; }

    /// <summary>Null where mounting is not allowed.</summary>
    public static SmallFileSystem? TryMount(int mebibytes)
    {
        string directory = Directory.CreateTempSubdirectory("keelson-small-").FullName;
        if (Run("mount", "-t", "tmpfs", "-o", $"size={mebibytes}m", "tmpfs", directory))
        {
            return new SmallFileSystem(directory);
        }

        Directory.Delete(directory);
        return null;
    }

    public void Dispose()
    {
        Run("umount", Path);
        Directory.Delete(Path, recursive: true);
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // The program is not there.
            return false;
        }
    }
}
