using System.Globalization;
using Keelson.Simulation.OneNode;

namespace Keelson.Simulation;

/// <summary>The long run: <c>make simulate SECONDS=n SEED=n</c>; goes on where the last one stopped.</summary>
internal static class Program
{
    private const string StateFile = ".state/simulate/one-node";

    /// <summary>Every so many seeds one runs twice: the same seed has to do the same.</summary>
    private const int TwiceEvery = 20;

    public static int Main(string[] arguments)
    {
        int seconds = int.Parse(Argument(arguments, 0, "60"), CultureInfo.InvariantCulture);
        string seed = Argument(arguments, 1, "");
        return seed.Length > 0
            ? Replay(ulong.Parse(seed, CultureInfo.InvariantCulture))
            : RunSeeds(TimeSpan.FromSeconds(seconds));
    }

    private static string Argument(string[] arguments, int index, string otherwise) =>
        index < arguments.Length && arguments[index].Length > 0 ? arguments[index] : otherwise;

    private static int Replay(ulong seed)
    {
        SeedReport report = new OneNodeRun(seed).Run();
        Console.WriteLine(report.Complaint is null ? $"{report}" : $"{report.Journal}\n{report}");
        return report.Complaint is null ? 0 : 1;
    }

    private static int RunSeeds(TimeSpan duration)
    {
        ulong seed = File.Exists(StateFile)
            ? ulong.Parse(File.ReadAllText(StateFile), CultureInfo.InvariantCulture)
            : 1;
        var summary = new SimulationSummary(seed, duration);
        while (summary.GoesOn())
        {
            SeedReport report = new OneNodeRun(seed).Run();
            if (report.Complaint is null && seed % TwiceEvery == 0)
            {
                report = Compare(report, new OneNodeRun(seed).Run());
            }

            summary.Add(report);
            seed++;
            Directory.CreateDirectory(Path.GetDirectoryName(StateFile)!);
            File.WriteAllText(StateFile, seed.ToString(CultureInfo.InvariantCulture));
        }

        Console.WriteLine(summary);
        return summary.Failed.Count == 0 ? 0 : 1;
    }

    private static SeedReport Compare(SeedReport first, SeedReport second) => first.TraceHash == second.TraceHash
        ? first
        : first with { Complaint = $"run twice it did not do the same: {first.TraceHash:x} and {second.TraceHash:x}" };
}
