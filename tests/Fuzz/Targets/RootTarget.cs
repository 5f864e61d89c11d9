using System.Buffers.Binary;
using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Base.Memory;
using Keelson.Base.Seams;
using Keelson.Fuzz.Driver;
using Keelson.Store;
using Keelson.Store.Checkpoint;
using Keelson.Store.History;
using Keelson.Store.Mvcc;
using Keelson.Store.Tree;

namespace Keelson.Fuzz.Targets;

/// <summary>Both root slots, and what a start does with the newer one.</summary>
internal sealed class RootTarget : FuzzTarget
{
    private static readonly string[] Names = [RootSlots.FileName(0), RootSlots.FileName(1)];

    public override string Name => "root";

    public override int SmokeInputs => 80_000;

    public override Func<bool> Prepare(FuzzInput input)
    {
        IDisk disk = BudgetedDisk.For(input, DiskImage.Create(Names, input.Parts));
        return () =>
        {
            IReadOnlyList<RootRecord> roots = RootSlots.Read(disk);
            foreach (RootRecord root in roots)
            {
                FuzzViolationException.Require(
                    input.Resealed || root.Sequence is 6 or 7 or 8 or 9, "a root was never written like this");
                Open(root, disk);
            }

            return roots.Count == 2;
        };
    }

    public override bool TryReseal(byte[][] parts)
    {
        foreach (byte[] part in parts.Where(part => part.Length >= RootLayout.HeaderBytes))
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(part.AsSpan(RootLayout.BodyLengthOffset));
            if (length >= 0 && length <= part.Length - RootLayout.HeaderBytes)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(
                    part.AsSpan(RootLayout.BodyChecksumOffset),
                    Crc32C.Compute(part.AsSpan(RootLayout.HeaderBytes, length)));
            }

            BinaryPrimitives.WriteUInt32LittleEndian(
                part.AsSpan(RootLayout.HeaderChecksumOffset),
                Crc32C.Compute(part.AsSpan(0, RootLayout.HeaderChecksumOffset)));
        }

        return true;
    }

    protected override IReadOnlyList<FuzzInput> CreateCorpus() =>
    [
        new FuzzInput([Sample(6, 0), Sample(7, 3)]),
        new FuzzInput([Sample(8, 60), Sample(9, 90)]),
    ];

    private static void Open(RootRecord root, IDisk disk)
    {
        using var epochs = new EpochGate();
        using var pages = new PageStore(new PageStoreOptions(), epochs, disk);
        try
        {
            root.OpenTrees(pages);
            _ = root.FileNames().Count();
        }
        catch (StoreDamageException)
        {
            // Documented: the root's parts are not ours.
        }
        catch (DiskException exception) when (exception.Error == DiskError.NotFound)
        {
            // Documented: the trees' files are not there.
        }
    }

    private static byte[] Sample(long sequence, int revisions) => new RootRecord
    {
        Sequence = sequence,
        State = new StoreState { Revision = new Revision(42), AppliedIndex = new LogIndex(99) },
        Trees = [.. Enumerable.Range(0, RootLayout.TreeCount).Select(index => new SavedTree(
            index == 0 ? new PageAddress(1, 4096, 100, 7) : PageAddress.None, index, index * 2))],
        History = HistoryStateCodec.Encode(
            revisions == 0 ? HistoryState.Empty : new HistoryImage(revisions).State),
        TreeSegments = TreeSegment.Encode([new TreeSegment(1, 9000, 4000), new TreeSegment(4, 100, 100)]),
    }.Encode();
}
