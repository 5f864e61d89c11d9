using Keelson.Base.Seams;
using Keelson.Simulation.Disk;
using Keelson.Store.Tree;

namespace Keelson.Store.Tests.Tree;

/// <summary>Does what the store's host does with a checkpoint's pieces: write them, sync, then complete.</summary>
internal static class CheckpointHost
{
    public static PageAddress Write(TreeBench bench, IReadOnlySet<int>? relocate = null)
    {
        using TreeCheckpoint checkpoint = new(bench.Pages, [bench.Tree.Root], relocate);
        WriteAll(bench.Disk, checkpoint);
        return checkpoint.Complete()[0];
    }

    public static void WriteAll(SimulatedDisk disk, TreeCheckpoint checkpoint)
    {
        while (checkpoint.TryTake(out PageWrite write))
        {
            WriteOne(disk, write);
        }
    }

    public static void WriteOne(SimulatedDisk disk, PageWrite write)
    {
        if (write.Bytes.IsEmpty)
        {
            return;
        }

        using IDiskFile file = disk.Open(write.File, write.CreatesFile ? DiskOpenMode.New : DiskOpenMode.Existing);
        file.Write(write.Offset, write.Bytes.Span);
        file.Sync();
        disk.Sync();
    }

    /// <summary>A second page store that starts from what the first one's last checkpoint left on disk.</summary>
    public static TreeBench Restart(TreeBench bench, PageAddress address, long residentBytesMax = long.MaxValue)
    {
        var next = new TreeBench(bench.Options.SplitBytes, bench.Disk, residentBytesMax);
        byte[] table = TreeSegment.Encode(bench.Pages.Segments);
        Assert.That(TreeSegment.TryDecode(table, out IReadOnlyList<TreeSegment> segments), Is.True);
        next.Pages.LoadSegments(segments);
        TreeRoot root = next.Pages.Load(address, bench.Tree.Root.LiveCount, bench.Tree.Root.EntryCount);
        next.Tree = new EditableTree(next.Pages, root);
        next.Model = bench.Model.Snapshot();
        return next;
    }
}
