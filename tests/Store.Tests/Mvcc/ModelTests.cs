using Model = Keelson.Simulation.Model;

namespace Keelson.Store.Tests.Mvcc;

/// <summary>
/// Long random sequences against the model that tests/Compatibility validates with a real etcd. A failure names its
/// operation; the seed brings it back.
/// </summary>
public sealed class ModelTests
{
    private const int OperationsPerRun = 2500;

    // The same sequences each time, and others each time: FsCheck prints the seed of one that fails.
    [Test]
    public void Answers_ToTheseOperations_AreTheModels([Range(1, 8)] int seed) => CompareAnswers((ulong)seed);

    [FsCheck.NUnit.Property(MaxTest = 10)]
    public void Answers_ToAnyOperations_AreTheModels(ulong seed) => CompareAnswers(seed);

    private static void CompareAnswers(ulong seed)
    {
        using var run = new ModelRun(seed);
        for (int count = 0; count < OperationsPerRun; count++)
        {
            run.Step();
            if (count % 500 == 0)
            {
                run.Flush();
                run.CompareAll();
            }
        }

        run.Flush();
        run.CompareAll();
    }

    [Test]
    public void Issue18667_ApplyWithoutAnswersAndWithOtherPages_MakesTheSameState([Range(101, 104)] int seed)
    {
        // etcd 18667: a member that only followed left out what the answering member refused, and they differed.
        using var run = new ModelRun((ulong)seed);
        for (int count = 0; count < OperationsPerRun; count++)
        {
            run.Step();
        }

        run.Flush();
        using var follower = DirectEngine.InMemory(splitBytes: 1024);
        foreach ((long time, IReadOnlyList<Model.Operation> operations) in run.Batches)
        {
            follower.ApplyBatch(time, operations, answered: false);
        }

        Assert.That(follower.State.ChainHash, Is.EqualTo(run.Engine.State.ChainHash));
        Assert.That(follower.State.Revision, Is.EqualTo(run.Engine.State.Revision));
        Assert.That(follower.State.Alarms, Is.EqualTo(run.Engine.State.Alarms));
        Assert.That(follower.Changes(1), Is.EqualTo(run.Engine.Changes(1)));
        Assert.That(follower.Verify(), Is.Empty);
    }

    [Test]
    public void Trim_OfADeletedKeyInStepsOfOneVersion_NeverRevivesIt()
    {
        using var engine = DirectEngine.InMemory(splitBytes: 256);
        var put = new Model.Operation.Put("a", "value");
        engine.ApplyBatch(0, [put, put, put, new Model.Operation.DeleteRange("a", "")]);
        engine.ApplyBatch(0, [new Model.Operation.Put("b", ""), new Model.Operation.Compact(6)]);
        for (int step = 0; step < 8; step++)
        {
            engine.Trim(entriesMax: 1);
            Assert.That(engine.Read(new Model.Operation.Range("a", "")).Count, Is.Zero);
        }

        Assert.That(engine.State.Keys.EntryCount, Is.EqualTo(1), "only b is left");
    }
}
