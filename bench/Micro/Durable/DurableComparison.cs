using Keelson.Bench.Micro.Reports;

namespace Keelson.Bench.Micro.Durable;

/// <summary>
/// Our log beside FASTER's: the same batches, each durable before the next, on one file system, in turns, so that a
/// slow minute of the machine hits all sides.
/// </summary>
internal static class DurableComparison
{
    public const string Name = "Durable";

    private const int Rounds = 7;
    private const int RoundBatches = 200;
    private const int WarmUpBatches = 100;

    public static async Task<IReadOnlyList<MicroResult>> RunAsync()
    {
        using var ours = new DurableFolder("keelson");
        using var theirs = new DurableFolder("faster");
        using var theirsFast = new DurableFolder("faster-fast");
        using KeelsonLog log = KeelsonLog.Open(ours.Disk);
        using var faster = new FasterBatches(theirs.Path, isFast: false);
        using var fasterFast = new FasterBatches(theirsFast.Path, isFast: true);
        (string Name, Func<Task> Commit, List<DurableRound> Rounds)[] sides =
        [
            ("Durable.Keelson", () => { log.Commit(); return Task.CompletedTask; }, []),
            ("Durable.Faster", faster.CommitAsync, []),
            ("Durable.FasterFastCommit", fasterFast.CommitAsync, []),
        ];
        foreach ((_, Func<Task> commit, _) in sides)
        {
            await DurableRound.MeasureAsync(WarmUpBatches, commit);
        }

        for (int round = 0; round < Rounds; round++)
        {
            foreach ((_, Func<Task> commit, List<DurableRound> rounds) in sides)
            {
                rounds.Add(await DurableRound.MeasureAsync(RoundBatches, commit));
            }
        }

        return [.. sides.Select(side => Summarise(side.Name, side.Rounds))];
    }

    private static MicroResult Summarise(string name, List<DurableRound> rounds) => new()
    {
        Name = name,
        MeanNanoseconds = Median(rounds.Select(round => round.WallNanoseconds)),
        SpreadNanoseconds =
            (rounds.Max(round => round.WallNanoseconds) - rounds.Min(round => round.WallNanoseconds)) / 2,
        CpuNanoseconds = Median(rounds.Select(round => round.CpuNanoseconds)),
        WrittenBytes = Median(rounds.Select(round => round.WrittenBytes)),
    };

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);
}
