using System.Buffers.Binary;
using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Base.Memory;
using Keelson.Base.Seams;
using Keelson.Fuzz.Driver;
using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.Store;
using Keelson.Store.Tree;

namespace Keelson.Fuzz.Targets;

/// <summary>
/// A tree whose segment file is damaged: pages as written, or damage. The first part is the root's address, the second
/// the file.
/// </summary>
internal sealed class TreePageTarget : FuzzTarget
{
    private const int DepthMax = 6;
    private const int EntriesMax = 300;
    private static readonly string[] Names = [PageAddress.FileName(1)];
    private static readonly PageStoreOptions Options = new() { SplitBytes = 256, PieceBytesMax = 4096 };

    public override string Name => "treepage";

    public override int SmokeInputs => 60_000;

    public override Func<bool> Prepare(FuzzInput input)
    {
        IDisk disk = BudgetedDisk.For(input, DiskImage.Create(Names, input.Parts[1..]));
        byte[] root = input.Parts[0];
        return () => root.Length == RootBytes && Read(disk, root, input);
    }

    public override bool TryReseal(byte[][] parts)
    {
        if (parts[0].Length != RootBytes)
        {
            return false;
        }

        Reseal(parts[1], parts[0], DepthMax);
        return true;
    }

    protected override IReadOnlyList<FuzzInput> CreateCorpus() => [Sample(3), Sample(60), Sample(EntriesMax)];

    private static int RootBytes => PageAddress.EncodedBytes + (2 * sizeof(long));

    private static bool Read(IDisk disk, ReadOnlySpan<byte> root, FuzzInput input)
    {
        using var epochs = new EpochGate();
        using var pages = new PageStore(Options, epochs, disk);
        using EpochPin pin = epochs.Enter();
        try
        {
            TreeRoot tree = pages.Load(
                PageAddress.Read(root),
                BinaryPrimitives.ReadInt64LittleEndian(root[PageAddress.EncodedBytes..]),
                BinaryPrimitives.ReadInt64LittleEndian(root[(PageAddress.EncodedBytes + sizeof(long))..]));
            bool sound = TreeVerifier.Verify(pages, tree).Faults.Count == 0;
            Walk(pages, tree, input);
            return sound;
        }
        catch (StoreDamageException)
        {
            return false;
        }
        catch (DiskException exception) when (exception.Error == DiskError.NotFound)
        {
            return false;
        }
    }

    private static void Walk(PageStore pages, TreeRoot tree, FuzzInput input)
    {
        var cursor = new TreeCursor(pages);
        long steps = 0;
        for (bool more = cursor.SeekFirst(tree); more; more = cursor.Next())
        {
            _ = cursor.Revision;
            _ = cursor.Live;
            bool asWritten = cursor.Payload.SequenceEqual(Payload(cursor.Payload.Length)) && cursor.KeyLength > 0;
            FuzzViolationException.Require(asWritten || input.Resealed, "an entry was never written like this");
            // A page that many parents name is read once for each: the depth bounds it, the step budget the time.
            if (++steps > 20 * EntriesMax)
            {
                FuzzViolationException.Require(input.Resealed, "entries without end");
                return;
            }
        }
    }

    private static FuzzInput Sample(int entries)
    {
        SimulatedDisk disk = DiskImage.Empty();
        using var epochs = new EpochGate();
        using var pages = new PageStore(Options, epochs, disk);
        var tree = new EditableTree(pages, TreeRoot.Empty);
        for (int index = 0; index < entries; index++)
        {
            string name = $"prefix/{index * 7919 % 1000:d4}{new string('x', index % 9)}";
            byte[] key = System.Text.Encoding.ASCII.GetBytes(name);
            tree.Insert(key, new ChangeRevision(index + 2, index % 3), Payload(index % 80), index % 4 != 0);
        }

        pages.Freeze();
        using var checkpoint = new TreeCheckpoint(pages, [tree.Root]);
        while (checkpoint.TryTake(out PageWrite write))
        {
            using IDiskFile file = disk.Open(write.File, write.CreatesFile ? DiskOpenMode.New : DiskOpenMode.Existing);
            file.Write(write.Offset, write.Bytes.Span);
        }

        var root = new byte[RootBytes];
        checkpoint.Complete()[0].Write(root);
        BinaryPrimitives.WriteInt64LittleEndian(root.AsSpan(PageAddress.EncodedBytes), tree.Root.LiveCount);
        BinaryPrimitives.WriteInt64LittleEndian(
            root.AsSpan(PageAddress.EncodedBytes + sizeof(long)), tree.Root.EntryCount);
        return new FuzzInput([root, DiskImage.Read(disk, Names)[0]]);
    }

    private static byte[] Payload(int length)
    {
        var payload = new byte[length];
        new SeededRandom((ulong)length).Fill(payload);
        return payload;
    }

    /// <summary>Makes the checksum in <paramref name="address"/> that of the page it names, children first.</summary>
    private static void Reseal(byte[] file, Span<byte> address, int depthLeft)
    {
        var at = PageAddress.Read(address);
        if (depthLeft == 0 || at.Segment != 1 || at.Offset < 0 || at.Length < PageLayout.HeaderBytes
            || at.Offset > file.Length - at.Length)
        {
            return;
        }

        Span<byte> page = file.AsSpan((int)at.Offset, at.Length);
        int slots = Math.Min(PageLayout.Count(page), (page.Length - PageLayout.HeaderBytes) / PageLayout.DiskSlotBytes);
        for (int slot = 0; PageLayout.Level(page) > 0 && slot < Math.Min(slots, 40); slot++)
        {
            int start = page.Length - ((slot + 1) * PageLayout.DiskSlotBytes) + PageLayout.DiskSlotAddressOffset;
            Reseal(file, page.Slice(start, PageAddress.EncodedBytes), depthLeft - 1);
        }

        (at with { Checksum = Crc32C.Compute(page) }).Write(address);
    }
}
