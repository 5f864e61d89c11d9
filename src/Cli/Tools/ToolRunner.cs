using Keelson.Base.Seams;
using Keelson.Store;
using Keelson.Store.Host;

namespace Keelson.Cli.Tools;

/// <summary>Runs a tool: what went wrong is a line for people and an exit code, not a stack trace.</summary>
internal static class ToolRunner
{
    public static async Task<int> RunAsync(Func<Task<int>> tool)
    {
        try
        {
            return await tool();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException
            or StoreDamageException or DiskException or StoreException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"Error: {exception.Message}");
            return ExitCode.Failure;
        }
    }

    /// <summary>Opens the directory of a store that no server has open.</summary>
    /// <exception cref="IOException">There is none.</exception>
    public static RealDisk OpenDirectory(string directory) => Directory.Exists(directory)
        ? RealDisk.Open(directory)
        : throw new IOException($"{directory} does not exist");
}
