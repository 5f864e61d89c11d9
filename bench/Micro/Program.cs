using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Keelson.Bench.Micro.Durable;
using Keelson.Bench.Micro.Reports;
using Perfolizer.Horology;

namespace Keelson.Bench.Micro;

/// <summary>Costs of single parts: <c>make bench-micro</c>. Arguments: words that a name must contain.</summary>
internal static class Program
{
    private const string ArtifactsFolder = ".state/bench-micro";

    public static async Task<int> Main(string[] words)
    {
        List<BenchmarkRunInfo> runs = Select(words);
        Summary[] summaries = runs.Count == 0 ? [] : BenchmarkRunner.Run([.. runs]);
        List<MicroResult> results = [.. summaries.SelectMany(MicroResult.Of)];
        if (Wants(words, DurableComparison.Name))
        {
            results.AddRange(await DurableComparison.RunAsync());
        }

        Console.WriteLine(MicroTable.Of(results));
        MicroResultFile.Append(results);

        // BenchmarkDotNet reports what did not build or run in its summary, not by its exit code.
        int expected = runs.Sum(run => run.BenchmarksCases.Length);
        int measured = summaries.Sum(summary => summary.Reports.Count(report => report.Success));
        bool isWhole = measured == expected
            && results.Count > 0
            && !summaries.Any(summary => summary.HasCriticalValidationErrors);
        if (!isWhole)
        {
            await Console.Error.WriteLineAsync($"error: {measured} of {expected} benchmarks were measured");
        }

        return isWhole ? 0 : 1;
    }

    private static List<BenchmarkRunInfo> Select(string[] words)
    {
        var selected = new List<BenchmarkRunInfo>();
        IEnumerable<Type> types = typeof(Program).Assembly.GetTypes()
            .Where(type => type.Name.EndsWith("Benchmarks", StringComparison.Ordinal));
        foreach (Type type in types)
        {
            BenchmarkRunInfo run = BenchmarkConverter.TypeToBenchmarks(type, Config());
            BenchmarkCase[] cases = [.. run.BenchmarksCases.Where(each => Wants(words, MicroResult.NameOf(each)))];
            if (cases.Length > 0)
            {
                selected.Add(new BenchmarkRunInfo(cases, type, run.Config));
            }
        }

        return selected;
    }

    private static bool Wants(string[] words, string name) =>
        words.Length == 0 || words.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// A short job in this process: what is compared are changes by tens of percent, and a generated project costs more
    /// time than the measurements.
    /// </summary>
    private static ManualConfig Config() => ManualConfig.CreateEmpty()
        .AddJob(Job.Default
            .WithToolchain(InProcessEmitToolchain.Instance)
            .WithWarmupCount(2)
            .WithIterationCount(5)
            .WithIterationTime(TimeInterval.FromMilliseconds(100)))
        .AddDiagnoser(MemoryDiagnoser.Default)
        .AddLogger(new FailureLogger())
        .AddColumnProvider(BenchmarkDotNet.Columns.DefaultColumnProviders.Instance)
        .WithArtifactsPath(ArtifactsFolder);
}
