using Keelson.Store.Mvcc;
using Keelson.Store.Tree;
using Model = Keelson.Simulation.Model;

namespace Keelson.Store.Tests.Mvcc;

/// <summary>docs/formats/root.md draws what the trees hold; its example is what the engine writes.</summary>
public sealed class TreeEntryFormatTests
{
    [Test]
    public void Document_Example_IsWhatTheTreesHold()
    {
        using var engine = DirectEngine.InMemory(splitBytes: 4096);
        engine.ApplyBatch(5000,
        [
            new Model.Operation.LeaseGrant(7, 60),
            new Model.Operation.Put("key", "value") { Lease = 7 },
            new Model.Operation.Put("gone", "x"),
            new Model.Operation.DeleteRange("gone", ""),
            new Model.Operation.Alarm(Model.AlarmVerb.Activate, 9, Model.AlarmType.NoSpace),
        ]);
        StoreState state = engine.State;
        (string Name, TreeRoot Root)[] trees =
        [
            ("keys", state.Keys), ("leases", state.Leases), ("lease keys", state.LeaseKeys),
            ("lease deadlines", state.LeaseDeadlines), ("settings", state.Settings),
        ];
        IEnumerable<string> held = trees.SelectMany(tree =>
            engine.Entries(tree.Root).Select(entry => $"| {tree.Name} | `{entry.Key}` | {Drawn(entry.Payload)} |"));

        Assert.That(FormatDocument.Read("root.md").Rows("Example").Skip(1), Is.EqualTo(held));
    }

    private static string Drawn(string payload) => payload.Length == 0 ? "empty" : $"`{payload}`";
}
