using Keelson.Base.Identity;
using Keelson.Base.Memory;
using Keelson.Base.Seams;
using Keelson.Simulation.Disk;
using Keelson.Store.Tree;

namespace Keelson.Store.Tests.Tree;

public sealed class TreeCheckpointTests
{
    [Test]
    public void Complete_OfEmptyRoot_WritesNothing()
    {
        using var bench = new TreeBench();
        Assert.That(CheckpointHost.Write(bench), Is.EqualTo(PageAddress.None));
        Assert.That(bench.Disk.List(), Is.Empty);
        Assert.That(bench.Pages.Load(PageAddress.None, 0, 0), Is.EqualTo(TreeRoot.Empty));
    }

    [FsCheck.NUnit.Property(MaxTest = 30)]
    public void Load_AfterCheckpoint_EqualsModel(ulong seed)
    {
        using var bench = new TreeBench();
        var script = new TreeScript(seed, bench);
        for (int round = 0; round < 4; round++)
        {
            Edit(script, 60);
            bench.Pages.Freeze();
            PageAddress address = CheckpointHost.Write(bench);
            using TreeBench next = CheckpointHost.Restart(bench, address);
            next.Check();
            CheckSegments(bench);

            // The loaded tree is edited like any other, and its own checkpoint goes to a segment of its own.
            var later = new TreeScript(seed + 1, next);
            Edit(later, 30);
            next.Check();
        }
    }

    [FsCheck.NUnit.Property(MaxTest = 30)]
    public void DirtyBytes_AfterEdits_AreGoneWithTheCheckpoint(ulong seed)
    {
        using var bench = new TreeBench();
        var script = new TreeScript(seed, bench);
        for (int round = 0; round < 5; round++)
        {
            Edit(script, 60);
            bench.Pages.Freeze();
            bench.Pages.Freeze();
            Assert.That(bench.Pages.DirtyBytes, Is.InRange(1, bench.Pages.ResidentBytes));
            CheckpointHost.Write(bench);
            bench.Pages.Freeze();
            Assert.That(bench.Pages.DirtyBytes, Is.Zero);
        }
    }

    [FsCheck.NUnit.Property(MaxTest = 30)]
    public void Restart_ManyTimes_KeepsTreeAndSegmentTable(ulong seed)
    {
        var bench = new TreeBench();
        for (int round = 0; round < 6; round++)
        {
            Edit(new TreeScript(seed + (ulong)round, bench), 50);
            bench.Pages.Freeze();
            TreeBench next = CheckpointHost.Restart(bench, CheckpointHost.Write(bench));
            bench.Dispose();
            bench = next;
            bench.Check();
        }

        bench.Dispose();
    }

    [FsCheck.NUnit.Property(MaxTest = 30)]
    public void Checkpoint_WhileOwnerEdits_WritesItsRoots(ulong seed)
    {
        using var bench = new TreeBench();
        var script = new TreeScript(seed, bench);
        Edit(script, 150);
        bench.Pages.Freeze();
        PageAddress address = default;
        for (int round = 0; round < 4; round++)
        {
            Edit(script, 20);
            bench.Pages.Freeze();
            TreeRoot root = bench.Tree.Root;
            ModelTree model = bench.Model.Snapshot();
            using var checkpoint = new TreeCheckpoint(bench.Pages, [root]);
            while (checkpoint.TryTake(out PageWrite write))
            {
                CheckpointHost.WriteOne(bench.Disk, write);
                Edit(script, 3);
                bench.Pages.Freeze();
            }

            address = checkpoint.Complete()[0];
            using var reader = new TreeBench(bench.Options.SplitBytes, bench.Disk);
            reader.Check(reader.Pages.Load(address, root.LiveCount, root.EntryCount), model);
            bench.Check();
        }

        bench.Pages.Freeze();
        using TreeBench next = CheckpointHost.Restart(bench, CheckpointHost.Write(bench));
        next.Check();
        CheckSegments(bench);
    }

    [Test]
    public void Relocate_OfNothing_LooksAtAFewPagesForAPiece()
    {
        using var bench = new TreeBench();
        Edit(new TreeScript(3, bench), 800);
        bench.Pages.Freeze();
        CheckpointHost.Write(bench);
        bench.Pages.Freeze();

        const int notThere = int.MaxValue;
        using var checkpoint = new TreeCheckpoint(bench.Pages, [bench.Tree.Root], new HashSet<int> { notThere });
        int pieces = 0;
        while (checkpoint.TryTake(out PageWrite write))
        {
            Assert.That(write.Bytes.Length, Is.Zero);
            pieces++;
        }

        using EpochPin pin = bench.Epochs.Enter();
        int innerPages = TreeVerifier.Verify(bench.Pages, bench.Tree.Root).InnerPages;
        Assert.That(pieces, Is.GreaterThanOrEqualTo(innerPages / bench.Options.PieceVisitsMax).And.GreaterThan(1));
        Assert.That(checkpoint.Complete()[0], Is.EqualTo(bench.Pages.AddressOf(bench.Tree.Root.Frame)));
    }

    [FsCheck.NUnit.Property(MaxTest = 30)]
    public void Relocate_OfPoorSegments_EmptiesThem(ulong seed)
    {
        using var bench = new TreeBench();
        var script = new TreeScript(seed, bench);
        for (int round = 0; round < 5; round++)
        {
            Edit(script, 80);
            bench.Pages.Freeze();
            CheckpointHost.Write(bench);
        }

        HashSet<int> poor = [.. bench.Pages.Segments.Where(segment => segment.Number % 2 == (int)(seed % 2))
            .Select(segment => segment.Number)];
        PageAddress address = CheckpointHost.Write(bench, poor);
        CheckSegments(bench);
        bench.Pages.Freeze();
        bench.Pages.Freeze();
        foreach (int segment in poor)
        {
            Assert.That(bench.Pages.Segments.Single(other => other.Number == segment).LiveBytes, Is.Zero);
            Assert.That(bench.Pages.TryForget(segment), Is.True);
            bench.Disk.Delete(PageAddress.FileName(segment));
        }

        using TreeBench next = CheckpointHost.Restart(bench, address);
        next.Check();
        Edit(script, 50);
        bench.Check();
    }

    [Test]
    public void TryForget_WhileHeldRootReachesSegment_IsRefused()
    {
        using var bench = new TreeBench();
        bench.Insert([1], new ChangeRevision(1, 0), [1]);
        bench.Pages.Freeze();
        CheckpointHost.Write(bench);
        PageHold hold = bench.Pages.Hold(bench.Tree.Root);
        bench.Insert([2], new ChangeRevision(2, 0), [1]);
        bench.Pages.Freeze();
        CheckpointHost.Write(bench, new HashSet<int> { 1 });
        bench.Pages.Freeze();
        Assert.That(bench.Pages.Segments[0], Is.EqualTo(new TreeSegment(1, bench.Pages.Segments[0].Bytes, 0)));
        Assert.That(bench.Pages.TryForget(1), Is.False);

        hold.Dispose();
        bench.Pages.Freeze();
        Assert.That(bench.Pages.TryForget(1), Is.True);
    }

    [Test]
    public void TryForget_OfTheHighestSegment_IsRefusedSoThatItsNameIsNotReused()
    {
        using var first = new TreeBench();
        first.Insert([1], new ChangeRevision(1, 0), [1]);
        first.Pages.Freeze();
        using TreeBench bench = CheckpointHost.Restart(first, CheckpointHost.Write(first));
        bench.Remove(bench.Model.At(0)!);
        bench.Pages.Freeze();
        CheckpointHost.Write(bench);
        bench.Pages.Freeze();
        Assert.That(bench.Pages.Segments.Single().LiveBytes, Is.Zero);
        Assert.That(bench.Pages.TryForget(1), Is.False);
    }

    [Test]
    public void Page_WithAnyBitFlipped_IsDamage()
    {
        using var bench = new TreeBench();
        Edit(new TreeScript(5, bench), 200);
        bench.Pages.Freeze();
        PageAddress address = CheckpointHost.Write(bench);
        int found = 0;
        foreach (TreeSegment segment in bench.Pages.Segments)
        {
            for (long at = 0; at < segment.Bytes; at += 97)
            {
                Flip(bench.Disk, segment.FileName, at);
                StoreDamageException? damage = Assert.Throws<StoreDamageException>(() =>
                {
                    using TreeBench next = CheckpointHost.Restart(bench, address);
                    next.Check();
                });
                Assert.That(damage!.Offset, Is.LessThanOrEqualTo(at));
                found++;
                Flip(bench.Disk, segment.FileName, at);
            }
        }

        Assert.That(found, Is.GreaterThan(50));
    }

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public void PageCheck_OfDamagedPage_FindsFaultOrEveryReadStaysInside(ulong seed)
    {
        // The checksum is not looked at here: whatever the check lets pass must be readable without running outside.
        using var bench = new TreeBench(256);
        var script = new TreeScript(seed, bench, 30);
        Edit(script, 60);
        bench.Pages.Freeze();
        using var checkpoint = new TreeCheckpoint(bench.Pages, [bench.Tree.Root]);
        foreach (byte[] page in DiskPages(bench, checkpoint))
        {
            for (int flip = 0; flip < 3; flip++)
            {
                page[script.Draw(page.Length)] ^= (byte)(1 << script.Draw(8));
            }

            if (PageCheck.Find(page, Frame.LevelUnknown) == PageFault.None)
            {
                ReadAll(page);
            }
        }
    }

    [FsCheck.NUnit.Property(MaxTest = 30)]
    public void Evict_WithTinyBudget_KeepsTreeReadable(ulong seed)
    {
        using var first = new TreeBench(256);
        var script = new TreeScript(seed, first);
        Edit(script, 300);
        first.Pages.Freeze();
        PageAddress address = CheckpointHost.Write(first);
        using TreeBench bench = CheckpointHost.Restart(first, address, residentBytesMax: 4096);
        var later = new TreeScript(seed, bench);
        for (int round = 0; round < 5; round++)
        {
            bench.Check();
            bench.Pages.Evict();
            bench.Pages.Evict();
            Edit(later, 20);
            bench.Pages.Freeze();
            CheckpointHost.Write(bench);
            long before = bench.Pages.ResidentBytes;
            long dropped = bench.Pages.Evict();
            Assert.That(bench.Pages.ResidentBytes, Is.LessThanOrEqualTo(before - dropped));
        }

        bench.Check();
        long read = bench.Pages.ResidentBytes;
        bench.Pages.Evict();
        Assert.That(bench.Pages.ResidentBytes, Is.LessThan(read));
    }

    [Test]
    public void Evict_WithReaderInside_KeepsWhatItSees()
    {
        using var first = new TreeBench();
        Edit(new TreeScript(1, first), 200);
        first.Pages.Freeze();
        using TreeBench bench = CheckpointHost.Restart(first, CheckpointHost.Write(first), residentBytesMax: 1);
        using (bench.Epochs.Enter())
        {
            var cursor = new TreeCursor(bench.Pages);
            cursor.SeekFirst(bench.Tree.Root);
            string key = TreeBench.KeyOf(cursor);
            bench.Pages.Evict();
            Assert.That(bench.Pages.WaitingPages, Is.GreaterThan(0));
            Assert.That(TreeBench.KeyOf(cursor), Is.EqualTo(key));
        }

        long before = bench.Pages.ResidentBytes;
        bench.Pages.Evict();
        Assert.That(bench.Pages.ResidentBytes, Is.LessThan(before));
    }

    [Test]
    public void TryDecode_OfImpossibleTables_IsFalse()
    {
        byte[] table = TreeSegment.Encode([new TreeSegment(1, 10, 5), new TreeSegment(2, 10, 10)]);
        Assert.That(TreeSegment.TryDecode(table, out IReadOnlyList<TreeSegment> read), Is.True);
        Assert.That(read, Is.EqualTo(new[] { new TreeSegment(1, 10, 5), new TreeSegment(2, 10, 10) }));
        Assert.That(TreeSegment.TryDecode(table.AsSpan(1), out _), Is.False);
        Assert.That(TreeSegment.TryDecode(TreeSegment.Encode([new(2, 1, 1), new(1, 1, 1)]), out _), Is.False);
        Assert.That(TreeSegment.TryDecode(TreeSegment.Encode([new(1, 1, 2)]), out _), Is.False);
    }

    // What the segments' table says is alive is what the tree reaches.
    private static void CheckSegments(TreeBench bench)
    {
        var reached = new Dictionary<int, long>();
        using EpochPin pin = bench.Epochs.Enter();
        AddReached(bench.Pages, bench.Tree.Root.Frame, reached);
        foreach (TreeSegment segment in bench.Pages.Segments)
        {
            Assert.That(segment.LiveBytes, Is.EqualTo(reached.GetValueOrDefault(segment.Number)));
        }
    }

    private static void AddReached(PageStore pages, int frame, Dictionary<int, long> reached)
    {
        if (frame == 0)
        {
            return;
        }

        PageAddress address = pages.AddressOf(frame);
        reached[address.Segment] = reached.GetValueOrDefault(address.Segment) + address.Length;
        if (pages.LevelOf(frame) > 0)
        {
            int count = new InnerPage(pages.Page(frame)).Count;
            for (int child = 0; child < count; child++)
            {
                AddReached(pages, new InnerPage(pages.Page(frame)).Frame(child), reached);
            }
        }
    }

    private static List<byte[]> DiskPages(TreeBench bench, TreeCheckpoint checkpoint)
    {
        CheckpointHost.WriteAll(bench.Disk, checkpoint);
        checkpoint.Complete();
        var pages = new List<byte[]>();
        foreach (TreeSegment segment in bench.Pages.Segments)
        {
            using IDiskFile file = bench.Disk.Open(segment.FileName, DiskOpenMode.Existing);
            var header = new byte[PageLayout.HeaderBytes];
            for (long at = 0; at < segment.Bytes;)
            {
                file.Read(at, header);
                var page = new byte[PageLayout.Length(header)];
                file.Read(at, page);
                Assert.That(PageCheck.Find(page, Frame.LevelUnknown), Is.EqualTo(PageFault.None));
                pages.Add(page);
                at += page.Length;
            }
        }

        return pages;
    }

    private static void ReadAll(byte[] page)
    {
        if (PageLayout.Level(page) == 0)
        {
            var leaf = new LeafPage(page);
            for (int slot = 0; slot < leaf.Count; slot++)
            {
                TreeEntry entry = leaf.Entry(slot);
                Assert.That(entry.Key.Length + entry.Payload.Length, Is.LessThanOrEqualTo(2 * page.Length));
                leaf.Search([1, 2, 3], entry.Revision, out _);
            }

            return;
        }

        var memory = new byte[InnerDiskPage.MemoryBytes(page)];
        InnerDiskPage.ToMemory(page, memory, _ => 1);
        var inner = new InnerPage(memory);
        for (int slot = 0; slot < inner.Count; slot++)
        {
            Assert.That(inner.Entry(slot).Key.Length, Is.LessThanOrEqualTo(2 * page.Length));
            inner.Search([1, 2, 3], new ChangeRevision(1, 1));
        }
    }

    private static void Edit(TreeScript script, int edits)
    {
        for (int edit = 0; edit < edits; edit++)
        {
            script.Edit();
        }
    }

    private static void Flip(SimulatedDisk disk, string name, long offset)
    {
        using IDiskFile file = disk.Open(name, DiskOpenMode.Existing);
        var bytes = new byte[1];
        file.Read(offset, bytes);
        bytes[0] ^= 0x10;
        file.Write(offset, bytes);
    }
}
