namespace Keelson.Simulation.OneNode;

/// <summary>
/// The production engine on a simulated machine under random load and faults, judged by what clients saw; and the
/// proof that the judges see something. <c>make simulate</c> goes on where these seeds end.
/// </summary>
public sealed class OneNodeTests
{
    private const int CanarySeedsMax = 20;

    private static IEnumerable<Canary> PlantedFaults => Enum.GetValues<Canary>().Except([Canary.None]);

    [Test]
    public void Run_ASeed_KeepsAllPromises([Range(1, 30)] int seed)
    {
        SeedReport report = new OneNodeRun((ulong)seed).Run();
        TestContext.Out.WriteLine(report);
        Assert.That(report.Complaint, Is.Null, () => $"{report.Journal}\n{report}");
    }

    [Test]
    public void Run_TheSameSeedTwice_DoesTheSame([Values(1, 9, 23)] int seed)
    {
        ulong first = new OneNodeRun((ulong)seed).Run().TraceHash;
        ulong second = new OneNodeRun((ulong)seed).Run().TraceHash;
        Assert.That(second, Is.EqualTo(first));
    }

    /// <summary>No planted fault is in the production code: each is a broken part around it.</summary>
    [Test]
    public void Run_APlantedFault_IsFound([ValueSource(nameof(PlantedFaults))] Canary canary)
    {
        for (ulong seed = 1; seed <= CanarySeedsMax; seed++)
        {
            if (new OneNodeRun(seed, canary).Run().Complaint is { } complaint)
            {
                TestContext.Out.WriteLine($"found with seed {seed}: {complaint}");
                return;
            }
        }

        Assert.Fail($"not found in {CanarySeedsMax} seeds");
    }
}
