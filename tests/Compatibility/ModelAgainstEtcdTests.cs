using Keelson.Compatibility.Grpc;
using Keelson.Compatibility.Processes;
using Keelson.Simulation;
using Keelson.Simulation.Model;

namespace Keelson.Compatibility;

/// <summary>
/// The model that our store is tested with must itself be right: long random sequences go to a real etcd, and every
/// answer must be the model's. Where they differ, etcd is right.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ModelAgainstEtcdTests
{
    private const int OperationsPerSequence = 500;

    [Test]
    public async Task Answers_ToRandomSequences_AreThoseOfRealEtcd([Range(1, 20)] int seed)
    {
        using var etcd = EtcdProcess.StartNew();
        using var connection = new EtcdConnection(etcd.Endpoint);
        GeneratorOptions options = GeneratorOptions.RealEtcd with
        {
            AlarmForRealEtcd = seed % 4 == 0 ? AlarmType.Corrupt : AlarmType.NoSpace,
        };
        var generator = new OperationGenerator(new SeededRandom((ulong)seed), options);
        var model = new EtcdModel();
        for (int count = 0; count < OperationsPerSequence; count++)
        {
            Operation operation = generator.Next(model);
            string expected = Comparable(operation, model.Apply(operation)).ToString();
            string actual = Comparable(operation, await connection.SendAsync(operation)).ToString();
            Assert.That(actual, Is.EqualTo(expected), () => $"operation {count} of seed {seed}: {operation}");
        }
    }

    /// <summary>The remaining time of a lease runs on a real clock there.</summary>
    private static OperationResult Comparable(Operation operation, OperationResult result) =>
        operation is Operation.LeaseTimeToLive && result.TtlSeconds > 0 ? result with { TtlSeconds = 1 } : result;
}
