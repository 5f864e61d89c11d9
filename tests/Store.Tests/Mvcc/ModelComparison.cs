using Model = Keelson.Simulation.Model;

namespace Keelson.Store.Tests.Mvcc;

/// <summary>Whether an engine is where the model is.</summary>
internal static class ModelComparison
{
    /// <summary>Every readable revision, every event, every lease, and the trees' own rules.</summary>
    public static void CompareAll(DirectEngine engine, Model.EtcdModel model)
    {
        Assert.That(engine.Verify(), Is.Empty);
        Assert.That(engine.State.Revision.Value, Is.EqualTo(model.Revision));
        Assert.That(engine.State.CompactRevision, Is.EqualTo(model.CompactRevision));
        Assert.That(engine.Changes(1), Is.EqualTo(model.Changes));
        for (long revision = Math.Max(1, model.CompactRevision); revision <= model.Revision; revision++)
        {
            CompareRead(engine, model, new Model.Operation.Range("\0", "\0") { Revision = revision });
            CompareRead(engine, model, new Model.Operation.Range("b", "c/2") { Revision = revision, CountOnly = true });
        }

        CompareRead(engine, model, new Model.Operation.Range("\0", "\0") { CountOnly = true });
        CompareRead(engine, model, new Model.Operation.LeaseLeases());
        foreach (long lease in model.LeaseIds)
        {
            CompareRead(engine, model, new Model.Operation.LeaseTimeToLive(lease, Keys: true));
        }
    }

    public static void Compare(
        Model.Operation operation, Model.OperationResult expected, Model.OperationResult actual) =>
        Assert.That(actual.ToString(), Is.EqualTo(expected.ToString()), () => operation.ToString());

    private static void CompareRead(DirectEngine engine, Model.EtcdModel model, Model.Operation operation) =>
        Compare(operation, model.Apply(operation), engine.Read(operation));
}
