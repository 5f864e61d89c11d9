using System.Globalization;
using Keelson.Simulation.Cluster;
using Keelson.Simulation.OneNode;

namespace Keelson.Simulation;

/// <summary>
/// The long run: <c>make simulate SECONDS=n KIND=cluster SEED=n</c>; goes on where the last one stopped.
/// </summary>
internal static class Program
{
    private const string StateFolder = ".state/simulate";

    /// <summary>Every so many seeds one runs twice: the same seed has to do the same.</summary>
    private const int TwiceEvery = 20;

    private static readonly SortedDictionary<string, Func<ulong, SeedReport>> Kinds = new(StringComparer.Ordinal)
    {
        ["cluster"] = static seed => new ClusterRun(seed).Run(),
        ["one-node"] = static seed => new OneNodeRun(seed).Run(),
    };

    public static int Main(string[] arguments)
    {
        int seconds = int.Parse(Argument(arguments, 0, "60"), CultureInfo.InvariantCulture);
        string kind = Argument(arguments, 1, "all");
        string seed = Argument(arguments, 2, "");
        List<string> kinds = [.. Kinds.Keys.Where(each => kind == "all" || kind == each)];
        if (kinds.Count == 0)
        {
            Console.Error.WriteLine($"no kind {kind}; there are: {string.Join(' ', Kinds.Keys)}");
            return 2;
        }

        return kinds.Max(each => seed.Length > 0
            ? Replay(each, ulong.Parse(seed, CultureInfo.InvariantCulture))
            : RunSeeds(each, TimeSpan.FromSeconds((double)seconds / kinds.Count)));
    }

    private static string Argument(string[] arguments, int index, string otherwise) =>
        index < arguments.Length && arguments[index].Length > 0 ? arguments[index] : otherwise;

    private static int Replay(string kind, ulong seed)
    {
        SeedReport report = Kinds[kind](seed);
        Console.WriteLine(report.Complaint is null ? $"{kind}: {report}" : $"{report.Journal}\n{kind}: {report}");
        return report.Complaint is null ? 0 : 1;
    }

    private static int RunSeeds(string kind, TimeSpan duration)
    {
        string state = Path.Combine(StateFolder, kind);
        ulong seed = File.Exists(state) ? ulong.Parse(File.ReadAllText(state), CultureInfo.InvariantCulture) : 1;
        var summary = new SimulationSummary(kind, seed, duration);
        while (summary.GoesOn())
        {
            SeedReport report = Kinds[kind](seed);
            if (report.Complaint is null && seed % TwiceEvery == 0)
            {
                report = Compare(report, Kinds[kind](seed));
            }

            summary.Add(report);
            seed++;
            Directory.CreateDirectory(StateFolder);
            File.WriteAllText(state, seed.ToString(CultureInfo.InvariantCulture));
        }

        Console.WriteLine(summary);
        return summary.Failed.Count == 0 ? 0 : 1;
    }

    private static SeedReport Compare(SeedReport first, SeedReport second) => first.TraceHash == second.TraceHash
        ? first
        : first with { Complaint = $"run twice it did not do the same: {first.TraceHash:x} and {second.TraceHash:x}" };
}
