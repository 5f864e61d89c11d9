using System.CommandLine;
using Keelson.Base.Identity;
using Keelson.Cli.Tools;
using Keelson.Store;

namespace Keelson.Cli.Commands;

/// <summary>
/// <c>keelson store hashkv</c>: the hash over a stopped store's history, equal to what etcd and our server answer.
/// Opens the directory as the server does, so what is only in the log is in it.
/// </summary>
internal static class HashKVCommand
{
    public static Command Create()
    {
        var directory = new Argument<string>("data-dir") { Description = "The data directory; no server has it open." };
        var revision = new Option<long>("--rev") { Description = "The last revision to hash; 0 for the newest." };
        var command = new Command("hashkv", "Hashes the history as etcd's HashKV does.") { directory, revision };
        command.SetAction((result, _) => ToolRunner.RunAsync(
            () => RunAsync(result.GetRequiredValue(directory), new Revision(result.GetValue(revision)))));
        return command;
    }

    private static async Task<int> RunAsync(string directory, Revision revision)
    {
        if (!Directory.Exists(directory))
        {
            throw new IOException($"{directory} does not exist");
        }

        await using KeyValueStore store = KeyValueStore.Open(directory);
        HistoryHash hash = await store.HashAsync(revision);
        await Console.Out.WriteLineAsync(
            $"{hash.Hash}, revision {hash.HashRevision}, compact revision {hash.CompactRevision}");
        return ExitCode.Success;
    }
}
