using Keelson.Base.Identity;
using Keelson.Store.Tree;

namespace Keelson.Store.Tests.Tree;

public sealed class EditableTreeTests
{
    private static readonly byte[] Payload = [1, 2, 3, 4, 5, 6, 7, 8];

    [Test]
    public void Root_OfNewTree_IsEmpty()
    {
        using var bench = new TreeBench();
        Assert.That(bench.Tree.Root, Is.EqualTo(TreeRoot.Empty));
        bench.Check();
    }

    [FsCheck.NUnit.Property(MaxTest = 60)]
    public void Edits_OfEveryKind_EqualModel(ulong seed)
    {
        using var bench = new TreeBench(96 + (int)(seed % 5 * 100));
        var script = new TreeScript(seed, bench);
        for (int batch = 0; batch < 8; batch++)
        {
            script.Removals = batch < 5 ? 2 : 7;
            for (int edit = 0; edit < 60; edit++)
            {
                script.Edit();
            }

            bench.Check();
            bench.Pages.Freeze();
        }
    }

    [FsCheck.NUnit.Property(MaxTest = 30)]
    public void HeldRoots_WhileEditingGoesOn_StayAsTheyWere(ulong seed)
    {
        using var bench = new TreeBench();
        var script = new TreeScript(seed, bench);
        var kept = new Queue<(TreeRoot Root, ModelTree Model, PageHold Hold)>();
        for (int batch = 0; batch < 20; batch++)
        {
            for (int edit = 0; edit < 20; edit++)
            {
                script.Edit();
            }

            bench.Pages.Freeze();
            kept.Enqueue((bench.Tree.Root, bench.Model.Snapshot(), bench.Pages.Hold(bench.Tree.Root)));
            foreach ((TreeRoot root, ModelTree model, _) in kept)
            {
                bench.Check(root, model);
            }

            if (kept.Count > 5)
            {
                kept.Dequeue().Hold.Dispose();
            }
        }

        // Released, the old pages go: none leaks.
        while (kept.TryDequeue(out (TreeRoot, ModelTree, PageHold Hold) released))
        {
            released.Hold.Dispose();
        }

        bench.Pages.Freeze();
        bench.Pages.Freeze();
        TreeReport report = TreeVerifier.Verify(bench.Pages, bench.Tree.Root);
        Assert.That(bench.Pages.WaitingPages, Is.Zero);
        Assert.That(bench.Pages.PageCount, Is.EqualTo(report.LeafPages + report.InnerPages));
    }

    [Test]
    public void Freeze_WithoutReadersOrHolds_FreesWhatWasReplaced()
    {
        using var bench = new TreeBench();
        var script = new TreeScript(7, bench);
        for (int batch = 0; batch < 50; batch++)
        {
            script.Edit();
            bench.Pages.Freeze();
        }

        bench.Pages.Freeze();
        bench.Pages.Freeze();
        Assert.That(bench.Pages.WaitingPages, Is.Zero);
        TreeReport report = TreeVerifier.Verify(bench.Pages, bench.Tree.Root);
        Assert.That(bench.Pages.PageCount, Is.EqualTo(report.LeafPages + report.InnerPages));
    }

    [Test]
    public void Freeze_BeforeItsRootIsPublished_KeepsTheOldRoot()
    {
        // A reader that enters between freeze and publication still gets the old root.
        using var bench = new TreeBench();
        bench.Insert([1], new ChangeRevision(1, 0), Payload);
        bench.Pages.Freeze();
        TreeRoot old = bench.Tree.Root;
        ModelTree model = bench.Model.Snapshot();
        bench.Insert([2], new ChangeRevision(2, 0), Payload);
        bench.Pages.Freeze();
        bench.Check(old, model);
    }

    [Test]
    public void Freeze_WithReaderInside_KeepsWhatItSees()
    {
        using var bench = new TreeBench();
        bench.Insert([1], new ChangeRevision(1, 0), Payload);
        bench.Pages.Freeze();
        TreeRoot old = bench.Tree.Root;
        ModelTree model = bench.Model.Snapshot();
        using (bench.Epochs.Enter())
        {
            bench.InsertVersion([1], new ChangeRevision(2, 0), Payload);
            bench.Pages.Freeze();
            bench.Pages.Freeze();
            bench.Pages.Freeze();
            Assert.That(bench.Pages.WaitingPages, Is.EqualTo(1));
            bench.Check(old, model);
        }

        bench.Pages.Freeze();
        Assert.That(bench.Pages.WaitingPages, Is.Zero);
    }

    [Test]
    public void Remove_OfEverything_LeavesNoPage([Values(0, 1, 2)] int order)
    {
        using var bench = new TreeBench();
        for (int index = 0; index < 500; index++)
        {
            bench.Insert([(byte)(index >> 8), (byte)(index & 255)], new ChangeRevision(index, 0), Payload);
        }

        bench.Pages.Freeze();
        for (int left = 500; left > 0; left--)
        {
            int index = order == 0 ? 0 : order == 1 ? left - 1 : left * 7 % left;
            bench.Remove(bench.Model.At(index)!);
            if (left % 50 == 0)
            {
                bench.Check();
            }
        }

        Assert.That(bench.Tree.Root, Is.EqualTo(TreeRoot.Empty));
        bench.Pages.Freeze();
        bench.Pages.Freeze();
        Assert.That(bench.Pages.PageCount, Is.Zero);
        Assert.That(bench.Pages.ResidentBytes, Is.Zero);
    }

    [Test]
    public void InsertVersion_OfOneKeyManyTimes_KeepsOneLive()
    {
        using var bench = new TreeBench();
        byte[] key = new byte[100];
        bench.Insert(new byte[99], new ChangeRevision(1, 0), Payload);
        bench.Insert([.. key, 1], new ChangeRevision(1, 0), Payload);
        for (int revision = 1; revision <= 2000; revision++)
        {
            bench.InsertVersion(key, new ChangeRevision(revision, 0), Payload);
            if (revision % 100 == 0)
            {
                bench.Pages.Freeze();
            }
        }

        bench.Check();
        Assert.That(bench.Tree.Root.LiveCount, Is.EqualTo(3));
    }

    [Test]
    public void InsertVersion_BelowNewerOnesInOtherLeaves_ClearsTheNextOlder()
    {
        using var bench = new TreeBench(96);
        byte[] key = [5];
        for (int revision = 2; revision <= 200; revision += 2)
        {
            bench.Insert(key, new ChangeRevision(revision, 0), Payload);
        }

        for (int revision = 199; revision >= 3; revision -= 2)
        {
            bench.InsertVersion(key, new ChangeRevision(revision, 0), Payload);
        }

        bench.Check();
        Assert.That(bench.Tree.Root.LiveCount, Is.EqualTo(1 + 99));
    }

    [Test]
    public void Insert_OfHugeKeys_SplitsThemApart([Values(70_000, 1_500_000)] int length)
    {
        using var bench = new TreeBench(4096);
        for (int index = 0; index < 12; index++)
        {
            byte[] key = new byte[length];
            key.AsSpan().Fill((byte)index);
            key[^1] = (byte)(index % 3);
            bench.Insert(key, new ChangeRevision(index, 0), Payload);
            bench.InsertVersion(key, new ChangeRevision(index + 50, 0), Payload);
            bench.InsertVersion([(byte)index, (byte)(index & 255)], new ChangeRevision(index + 100, 0), Payload);
        }

        bench.Check();
        bench.Pages.Freeze();
        bench.Insert(new byte[length], new ChangeRevision(900, 0), new byte[TreeEntry.PayloadBytesMax]);
        bench.Insert(new byte[length], new ChangeRevision(901, 0), new byte[TreeEntry.PayloadBytesMax]);
        bench.Insert(new byte[length], new ChangeRevision(902, 0), Payload);
        bench.Check();
        while (bench.Model.Count > 0)
        {
            bench.Remove(bench.Model.At(bench.Model.Count / 2)!);
        }

        bench.Check();
    }

    [Test]
    public void Insert_OfVersionThatExists_Stops()
    {
        using var bench = new TreeBench();
        bench.Insert([1], new ChangeRevision(1, 0), Payload);
        Assert.That(
            () => bench.Tree.Insert([1], new ChangeRevision(1, 0), Payload, true),
            Throws.TypeOf<Keelson.Base.InvariantException>());
    }

    [Test]
    public void Insert_InOrder_FillsLeaves([Values] bool descending)
    {
        using var bench = new TreeBench(4096);
        for (int index = 0; index < 20_000; index++)
        {
            int number = descending ? 180_000 - index : 160_000 + index;
            byte[] key = System.Text.Encoding.ASCII.GetBytes($"/registry/pods/default/pod-{number}");
            bench.Tree.Insert(key, new ChangeRevision(index, 0), Payload, true);
            if (index % 100 == 0)
            {
                bench.Pages.Freeze();
            }
        }

        TreeReport report = TreeVerifier.Verify(bench.Pages, bench.Tree.Root);
        Assert.That(report.Faults, Is.Empty);
        Assert.That(report.LeafBodyBytes / (4096.0 * report.LeafPages), Is.GreaterThan(0.9));
    }
}
