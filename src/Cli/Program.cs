using System.CommandLine;
using Keelson.Cli.Commands;

namespace Keelson.Cli;

/// <summary>The program's entry: each role is a command in a file of its own.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args)
    {
        // etcd's flags follow the rules of Go's flag package, which no other parser has: they are passed through.
        if (StoreCommand.TakesAll(args))
        {
            return StoreCommand.RunAsync(args[1..]);
        }

        var root = new RootCommand("Keelson: a replicated key-value store that speaks etcd's API.")
        {
            UpCommand.Create(),
            StoreCommand.Create(),
        };
        ParseResult result = root.Parse(args);
        // System.CommandLine has one code for every fault; here 2 means that the call was wrong.
        return result.Errors.Count > 0 ? ReportUsageAsync(result) : result.InvokeAsync();
    }

    private static async Task<int> ReportUsageAsync(ParseResult result)
    {
        await result.InvokeAsync();
        return ExitCode.Usage;
    }
}
