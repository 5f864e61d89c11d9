using Keelson.Simulation.OneNode;

namespace Keelson.Simulation.Cluster;

/// <summary>Whole clusters in one thread, judged like one node: nobody can tell them from one.</summary>
public sealed class ClusterTests
{
    private const int CanarySeedsMax = 20;

    private static IEnumerable<ClusterCanary> PlantedFaults =>
        Enum.GetValues<ClusterCanary>().Except([ClusterCanary.None]);

    [Test]
    public void Run_ASeed_KeepsAllPromises([Range(1, 15)] int seed)
    {
        SeedReport report = new ClusterRun((ulong)seed).Run();
        TestContext.Out.WriteLine(report);
        Assert.That(report.Complaint, Is.Null, () => $"{report.Journal}\n{report}");
    }

    [Test]
    public void Run_TheSameSeedTwice_DoesTheSame([Values(1, 2)] int seed)
    {
        ulong first = new ClusterRun((ulong)seed).Run().TraceHash;
        ulong second = new ClusterRun((ulong)seed).Run().TraceHash;
        Assert.That(second, Is.EqualTo(first));
    }

    /// <summary>No planted fault is in the production code: each is a broken part around it.</summary>
    [Test]
    public void Run_APlantedFault_IsFound([ValueSource(nameof(PlantedFaults))] ClusterCanary canary)
    {
        for (ulong seed = 1; seed <= CanarySeedsMax; seed++)
        {
            if (new ClusterRun(seed, canary).Run().Complaint is { } complaint)
            {
                TestContext.Out.WriteLine($"found with seed {seed}: {complaint}");
                return;
            }
        }

        Assert.Fail($"not found in {CanarySeedsMax} seeds");
    }
}
