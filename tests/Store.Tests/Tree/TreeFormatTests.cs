using System.Globalization;
using System.Runtime.CompilerServices;
using Keelson.Base.Identity;
using Keelson.Store.Tree;

namespace Keelson.Store.Tests.Tree;

/// <summary>The drawing in docs/formats/tree.md and the code say the same.</summary>
public sealed class TreeFormatTests
{
    [Test]
    public void Header_OfDocument_IsThatOfCode() => AssertTable("Header", new()
    {
        ["length"] = PageLayout.LengthOffset,
        ["cells end"] = PageLayout.CellsEndOffset,
        ["garbage"] = PageLayout.GarbageOffset,
        ["count"] = PageLayout.CountOffset,
        ["level"] = PageLayout.LevelOffset,
        ["reserved"] = PageLayout.ReservedOffset,
        ["prefix length"] = PageLayout.PrefixLengthOffset,
        ["last insert"] = PageLayout.LastInsertOffset,
        ["run length"] = PageLayout.RunLengthOffset,
        ["base revision"] = PageLayout.BaseRevisionOffset,
        ["prefix"] = PageLayout.HeaderBytes,
    });

    [Test]
    public void Slots_OfDocument_AreThoseOfCode()
    {
        AssertTable("Leaf slot", new() { ["key"] = 0, ["entry"] = PageLayout.LeafSlotEntryOffset });
        AssertTable("Inner slot in memory", new()
        {
            ["key"] = 0,
            ["frame"] = PageLayout.InnerSlotFrameOffset,
            ["live"] = PageLayout.InnerSlotLiveOffset,
            ["all"] = PageLayout.InnerSlotAllOffset,
            ["end"] = PageLayout.InnerSlotBytes,
        });
        AssertTable("Inner slot on disk", new()
        {
            ["key"] = 0,
            ["address"] = PageLayout.DiskSlotAddressOffset,
            ["live"] = PageLayout.DiskSlotLiveOffset,
            ["all"] = PageLayout.DiskSlotAllOffset,
            ["end"] = PageLayout.DiskSlotBytes,
        });
    }

    [Test]
    public void PageAddress_Written_LiesAsDrawn()
    {
        var bytes = new byte[PageAddress.EncodedBytes];
        var address = new PageAddress(0x01020304, 0x1112131415161718, 0x21222324, 0x31323334);
        address.Write(bytes);
        Assert.That(PageAddress.Read(bytes), Is.EqualTo(address));
        AssertTable("Page address", new()
        {
            ["segment"] = Array.IndexOf(bytes, (byte)0x04),
            ["offset"] = Array.IndexOf(bytes, (byte)0x18),
            ["length"] = Array.IndexOf(bytes, (byte)0x24),
            ["checksum"] = Array.IndexOf(bytes, (byte)0x34),
            ["end"] = bytes.Length,
        });
    }

    [Test]
    public void SegmentTable_Encoded_LiesAsDrawn()
    {
        byte[] bytes = TreeSegment.Encode([new TreeSegment(0x01020304, 0x1112131415161718, 0x0122232425262728)]);
        AssertTable("Segment table entry", new()
        {
            ["number"] = Array.IndexOf(bytes, (byte)0x04),
            ["bytes"] = Array.IndexOf(bytes, (byte)0x18),
            ["live bytes"] = Array.IndexOf(bytes, (byte)0x28),
            ["end"] = bytes.Length,
        });
    }

    [Test]
    public void Leaf_OfTwoVersions_HasTheseBytes()
    {
        using var bench = new TreeBench();
        bench.Insert("key"u8.ToArray(), new ChangeRevision(100, 0), [0xA1, 0xA2]);
        bench.InsertVersion("key"u8.ToArray(), new ChangeRevision(101, 5), [0xB1], live: false);
        ReadOnlySpan<byte> page = bench.Pages.Page(bench.Tree.Root.Frame);
        var tight = new byte[PageLayout.UsedBytes(page)];
        PageLayout.CopyTo(page, tight);

        // Header; prefix "key"; key cell of no bytes; distance 0 (live bit taken); distance 1, sub 5; slots 1 and 0.
        const string expected =
            "34000000" + "2C000000" + "00000000" + "0200" + "00" + "00" + "03000000" + "0000" + "0100"
            + "6400000000000000" + "6B6579" + "00" + "0800A1A2" + "060205B1" + "00000100" + "00000500";
        Assert.That(Convert.ToHexString(tight), Is.EqualTo(expected));
    }

    [Test]
    public void Inner_OnDisk_HasTheseBytes()
    {
        using var bench = new TreeBench(96);
        bench.Insert("apple"u8.ToArray(), new ChangeRevision(1, 0), new byte[50]);
        bench.Insert("banana"u8.ToArray(), new ChangeRevision(2, 0), new byte[50], live: false);
        ReadOnlySpan<byte> memory = bench.Pages.Page(bench.Tree.Root.Frame);
        var disk = new byte[InnerDiskPage.DiskBytes(memory)];
        InnerDiskPage.FromMemory(memory, disk, _ => new PageAddress(7, 8, 9, 10));

        // The separator "b" is enough to keep the two apart. The first child, at the end, has none.
        const string address = "07000000" + "0800000000000000" + "09000000" + "0A000000";
        const string expected = "0262"
            + "20000000" + address + "0000000000000000" + "0100000000000000"
            + "00000000" + address + "0100000000000000" + "0100000000000000";
        Assert.That(Convert.ToHexString(disk.AsSpan(PageLayout.HeaderBytes)), Is.EqualTo(expected));
    }

    private static void AssertTable(string heading, Dictionary<string, int> expected) =>
        Assert.That(Rows(heading), Is.EquivalentTo(expected), heading);

    private static Dictionary<string, int> Rows(string heading) => File.ReadLines(DocumentPath())
        .SkipWhile(line => line != $"## {heading}")
        .Skip(1)
        .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
        .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
        .Skip(1)
        .Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1])
        .ToDictionary(row => row[2], row => int.Parse(row[0], CultureInfo.InvariantCulture));

    private static string DocumentPath([CallerFilePath] string source = "") => Path.GetFullPath(
        Path.Combine(Path.GetDirectoryName(source)!, "../../../docs/formats/tree.md"));
}
