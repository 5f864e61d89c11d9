using System.Globalization;
using System.Text;
using Keelson.Base.Memory;
using Keelson.Simulation.Disk;
using Keelson.Simulation;
using Keelson.Store.Tree;

namespace Keelson.Store.Tests.Tree;

/// <summary>The design's memory goals, by what the page store accounts for: the same on every machine.</summary>
public sealed class TreeMemoryTests
{
    /// <summary>What a native allocation costs beside its bytes (glibc: a size word, rounding to 16).</summary>
    private const int AllocationBytes = 16;

    private const int Keys = 20_000;
    private static readonly byte[] Payload = [1, 2, 3, 4, 5, 6, 7, 8];

    [Test]
    public void Key_OfSixtyBytesInRandomOrder_CostsAtMostHundred([Values] bool shared)
    {
        using var world = new World();
        var tree = new EditableTree(world.Pages, TreeRoot.Empty);
        var random = new SeededRandom(11);
        for (int index = 0; index < Keys; index++)
        {
            tree.InsertVersion(shared ? PodKey(random) : RandomKey(random), new(index + 1, 0), Payload, true);
            world.EndBatch(index);
        }

        double bytes = world.Bytes / (double)Keys;
        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{bytes:F1} bytes per key"));
        Assert.That(bytes, Is.LessThanOrEqualTo(100));
        world.CheckSlack(tree.Root);
    }

    [Test]
    public void OlderVersion_OfSixtyByteKeys_CostsAtMostTwenty()
    {
        const int versions = 10;
        const int keys = 4000;
        using var world = new World();
        var tree = new EditableTree(world.Pages, TreeRoot.Empty);
        var random = new SeededRandom(12);
        byte[][] all = [.. Enumerable.Range(0, keys).Select(_ => PodKey(random))];
        int revision = 0;
        foreach (byte[] key in all)
        {
            tree.InsertVersion(key, new(++revision, 0), Payload, true);
            world.EndBatch(revision);
        }

        long before = world.Bytes;
        for (int update = 0; update < keys * versions; update++)
        {
            tree.InsertVersion(all[(int)(random.Next() % keys)], new(++revision, 0), Payload, true);
            world.EndBatch(revision);
        }

        double bytes = (world.Bytes - before) / (double)(keys * versions);
        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{bytes:F1} bytes per older version"));
        Assert.That(bytes, Is.LessThanOrEqualTo(20));
        Assert.That(tree.Root.LiveCount, Is.EqualTo(keys));
        world.CheckSlack(tree.Root);
    }

    [Test]
    public void OlderVersion_OfOneHotKey_CostsAtMostTwenty()
    {
        const int versions = 50_000;
        using var world = new World();
        var tree = new EditableTree(world.Pages, TreeRoot.Empty);
        byte[] key = PodKey(new SeededRandom(1));
        for (int revision = 1; revision <= versions; revision++)
        {
            tree.InsertVersion(key, new(revision, 0), Payload, true);
            world.EndBatch(revision);
        }

        Assert.That(world.Bytes / (double)versions, Is.LessThanOrEqualTo(20));
    }

    /// <summary>
    /// A key's versions have leaves of their own once they fill one: an update dirties half a leaf on average, whatever
    /// the neighbours hold, and a share of the inner pages.
    /// </summary>
    [Test]
    public void Checkpoint_OfOneUpdateToEachKey_WritesLittleMoreThanHalfALeafForEach()
    {
        const int keys = 300;
        const int versions = 100;
        const int rounds = 8;
        using var world = new World();
        var tree = new EditableTree(world.Pages, TreeRoot.Empty);
        var random = new SeededRandom(13);
        byte[][] all = [.. Enumerable.Range(0, keys).Select(_ => PodKey(random))];
        int revision = 0;
        long bytes = 0;
        for (int round = 0; round < rounds; round++)
        {
            for (int update = 0; update < keys * versions; update++)
            {
                tree.InsertVersion(all[(int)(random.Next() % keys)], new(++revision, 0), Payload, true);
                world.EndBatch(revision);
            }

            world.Checkpoint(tree.Root);
            foreach (byte[] key in all)
            {
                tree.InsertVersion(key, new(++revision, 0), Payload, true);
            }

            bytes += world.DirtyBytes;
        }

        double each = bytes / (double)(rounds * keys);
        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{each:F0} bytes per updated key"));
        Assert.That(each, Is.LessThanOrEqualTo(new PageStoreOptions().SplitBytes * 0.75));
    }

    /// <summary>Nobody evicts beside the reader: maintenance looks around once a second.</summary>
    [Test]
    public void Reads_OfATreeLargerThanTheCache_StayNearItsBound()
    {
        using var first = new TreeBench(1024);
        var random = new SeededRandom(13);
        byte[][] keys = [.. Enumerable.Range(0, 10_000).Select(_ => RandomKey(random))];
        for (int key = 0; key < keys.Length; key++)
        {
            first.Tree.InsertVersion(keys[key], new(key + 1, 0), Payload, true);
        }

        first.Pages.Freeze();
        PageAddress address = CheckpointHost.Write(first);
        long bytesMax = first.Pages.ResidentBytes / 4;
        using TreeBench bench = CheckpointHost.Restart(first, address, bytesMax);
        var cursor = new TreeCursor(bench.Pages);
        long most = 0;
        for (int key = 0; key < keys.Length; key++)
        {
            using EpochPin pin = bench.Epochs.Enter();
            Assert.That(cursor.Seek(bench.Tree.Root, keys[key], new(key + 1, 0)), Is.True);
            most = Math.Max(most, bench.Pages.ResidentBytes);
        }

        Assert.That(most, Is.InRange(bytesMax, bytesMax + (bytesMax / 2)));
    }

    /// <summary>Who verifies a tree larger than the cache holds no pin of its own: its loads push out leaves.</summary>
    [Test]
    public void Verify_TreeLargerThanTheCache_ReadsNoFreedPage()
    {
        using var bench = new TreeBench();
        for (int index = 0; index < 2000; index++)
        {
            bench.Insert(BitConverter.GetBytes(index), new(index + 1, 0), Payload);
        }

        bench.Pages.Freeze();
        using TreeBench next = CheckpointHost.Restart(bench, CheckpointHost.Write(bench), residentBytesMax: 1);
        for (int pass = 0; pass < 3; pass++)
        {
            Assert.That(TreeVerifier.Verify(next.Pages, next.Tree.Root).Faults, Is.Empty);
        }
    }

    private static byte[] PodKey(SeededRandom random)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"deployment-{random.Next():x16}-ab");
        string space = string.Create(CultureInfo.InvariantCulture, $"namespace-{random.Next() % 50:D4}");
        return Encoding.ASCII.GetBytes($"/registry/pods/{space}/{name}");
    }

    private static byte[] RandomKey(SeededRandom random)
    {
        var key = new byte[60];
        for (int index = 0; index < key.Length; index++)
        {
            key[index] = (byte)(random.Next() >> 13 & 0xFF);
        }

        return key;
    }

    private sealed class World : IDisposable
    {
        private readonly EpochGate _epochs = new();
        private readonly SimulatedDisk _disk = new(new SeededRandom(1));

        public World()
        {
            Pages = new PageStore(new PageStoreOptions(), _epochs, _disk);
        }

        public PageStore Pages { get; }

        public long Bytes
        {
            get
            {
                Pages.Freeze();
                Pages.Freeze();
                Assert.That(Pages.WaitingPages, Is.Zero);
                return Pages.ResidentBytes + (Pages.PageCount * (long)AllocationBytes) + Pages.FrameTableBytes;
            }
        }

        /// <summary>What a checkpoint would write now.</summary>
        public long DirtyBytes
        {
            get
            {
                Pages.Freeze();
                Pages.Freeze();
                return Pages.DirtyBytes;
            }
        }

        public void Checkpoint(TreeRoot root)
        {
            Pages.Freeze();
            using TreeCheckpoint checkpoint = new(Pages, [root], relocate: null);
            CheckpointHost.WriteAll(_disk, checkpoint);
            checkpoint.Complete();
        }

        public void EndBatch(int edit)
        {
            if (edit % 64 == 0)
            {
                Pages.Freeze();
            }
        }

        // At most a quarter of what frozen pages take may be room for growth.
        public void CheckSlack(TreeRoot root)
        {
            Pages.Freeze();
            Pages.Freeze();
            Assert.That(TreeVerifier.Verify(Pages, root).Faults, Is.Empty);
            Assert.That(Pages.ResidentBytes, Is.LessThanOrEqualTo(1.25 * Used(root.Frame)));
        }

        public void Dispose()
        {
            Pages.Dispose();
            _epochs.Dispose();
        }

        private long Used(int frame)
        {
            long used = PageLayout.UsedBytes(Pages.Page(frame));
            if (Pages.LevelOf(frame) > 0)
            {
                int count = new InnerPage(Pages.Page(frame)).Count;
                for (int child = 0; child < count; child++)
                {
                    used += Used(new InnerPage(Pages.Page(frame)).Frame(child));
                }
            }

            return used;
        }
    }
}
