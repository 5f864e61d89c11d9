using Keelson.Base.Identity;
using Keelson.Base.Memory;
using Keelson.Simulation.Disk;
using Keelson.Simulation;
using Keelson.Store.Tree;

namespace Keelson.Store.Tests.Tree;

/// <summary>A page store with one tree and its model, and checks that they agree.</summary>
internal sealed class TreeBench : IDisposable
{
    public TreeBench(int splitBytes = 128, SimulatedDisk? disk = null, long residentBytesMax = long.MaxValue)
    {
        Disk = disk ?? new SimulatedDisk(new SeededRandom(1));
        Options = new PageStoreOptions
        {
            SplitBytes = splitBytes,
            ResidentBytesMax = residentBytesMax,
            SegmentBytesMax = 16 * 1024,
            PieceBytesMax = 1024,
            PieceVisitsMax = 16,
            PoisonFreed = true,
        };
        Pages = new PageStore(Options, Epochs, Disk);
        Tree = new EditableTree(Pages, TreeRoot.Empty);
    }

    public SimulatedDisk Disk { get; }

    public PageStoreOptions Options { get; }

    public EpochGate Epochs { get; } = new();

    public PageStore Pages { get; }

    public EditableTree Tree { get; set; }

    public ModelTree Model { get; set; } = new();

    public void Dispose()
    {
        Pages.Dispose();
        Epochs.Dispose();
    }

    public void Insert(byte[] key, ChangeRevision revision, byte[] payload, bool live = true)
    {
        Tree.Insert(key, revision, payload, live);
        Model.Insert(new ModelTree.Position(key, revision), new ModelTree.Value(payload, live));
    }

    public void InsertVersion(byte[] key, ChangeRevision revision, byte[] payload, bool live = true)
    {
        ModelTree.Position? newest = Model.NewestOf(key);
        Assert.That(Finds(key, newest), Is.True, "the newest version");
        if (Model.IsNewest(key, revision) && revision.Main % 2 == 0)
        {
            Tree.InsertFound(key, revision, payload, live);
        }
        else
        {
            Tree.InsertVersion(key, revision, payload, live);
        }

        Model.InsertVersion(new ModelTree.Position(key, revision), new ModelTree.Value(payload, live));
    }

    public void Remove(ModelTree.Position at)
    {
        Assert.That(Tree.Remove(at.Key, at.Revision), Is.EqualTo(Model.Remove(at)));
    }

    private bool Finds(byte[] key, ModelTree.Position? newest)
    {
        using EpochPin pin = Epochs.Enter();
        bool found =
            Tree.TryFindNewest(key, inserts: true, out ChangeRevision revision, out ReadOnlySpan<byte> payload);
        return newest is null
            ? !found
            : found && revision == newest.Revision && payload.SequenceEqual(Model.PayloadAt(newest));
    }

    public void Check() => Check(Tree.Root, Model);

    /// <summary>Walks the tree beside the model and verifies every rule of its pages.</summary>
    public void Check(TreeRoot root, ModelTree model)
    {
        using EpochPin pin = Epochs.Enter();
        TreeReport report = TreeVerifier.Verify(Pages, root);
        Assert.That(report.Faults, Is.Empty);
        Assert.That(root.EntryCount, Is.EqualTo(model.Count));
        Assert.That(root.LiveCount, Is.EqualTo(model.Entries.Count(entry => entry.Value.Live)));
        var cursor = new TreeCursor(Pages);
        bool more = cursor.SeekFirst(root);
        ModelTree.Position? before = null;
        foreach ((ModelTree.Position at, ModelTree.Value value) in model.Entries)
        {
            Assert.That(more, Is.True);
            CheckEntry(cursor, at, value);
            Assert.That(cursor.SameKey, Is.EqualTo(before is not null && before.Key.AsSpan().SequenceEqual(at.Key)));
            before = at;
            more = cursor.Next();
        }

        Assert.That(more, Is.False);
        Assert.That(cursor.Valid, Is.False);
    }

    public static void CheckEntry(TreeCursor cursor, ModelTree.Position at, ModelTree.Value value)
    {
        // Plain comparisons: a constraint object per entry would dominate the tests' time.
        bool same = cursor.CompareKey(at.Key) == 0
            && cursor.Revision == at.Revision
            && cursor.Live == value.Live
            && cursor.Payload.SequenceEqual(value.Payload);
        if (!same)
        {
            Assert.Fail($"expected {at}, found {KeyOf(cursor)}@{cursor.Revision}");
        }
    }

    public static string KeyOf(TreeCursor cursor)
    {
        var key = new byte[cursor.KeyLength];
        cursor.CopyKey(key);
        return Convert.ToHexString(key);
    }
}
