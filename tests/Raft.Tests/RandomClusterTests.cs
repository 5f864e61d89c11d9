using Keelson.Base;
using Keelson.Raft.Tests.Cluster;

namespace Keelson.Raft.Tests;

/// <summary>Safety after every event and a working cluster in the end, for many seeds.</summary>
public sealed class RandomClusterTests
{
    [Test]
    public void Cluster_UnderTrouble_StaysSafeAndRecovers()
    {
        int committed = 0;
        int reads = 0;
        int forwarded = 0;
        int refused = 0;
        for (ulong seed = 1; seed <= 300; seed++)
        {
            try
            {
                var run = new RandomRun(seed);
                run.Disturb(4000);
                run.Recover();
                committed += run.Cluster.Checker.Committed.Count;
                reads += run.Cluster.ReadsGranted;
                forwarded += run.Cluster.Checker.Forwards.CommittedCount;
                refused += run.Cluster.Checker.Forwards.RefusedCount;
            }
            catch (InvariantException error)
            {
                Assert.Fail($"seed {seed}: {error}");
            }
            catch (BrokenInvariantException error)
            {
                Assert.Fail($"seed {seed}: {error.Message}");
            }
            catch (AssertionException error)
            {
                throw new AssertionException($"seed {seed}: {error.Message}", error);
            }
        }

        TestContext.Out.WriteLine(
            $"{committed} entries committed, {forwarded} of them forwarded, {refused} refused, {reads} reads granted");
        Assert.That(committed, Is.GreaterThan(300 * 20), "the runs must do something");
        Assert.That(reads, Is.GreaterThan(300 * 5));
        Assert.That(forwarded, Is.GreaterThan(300 * 3));
        Assert.That(refused, Is.GreaterThan(300));
    }
}
