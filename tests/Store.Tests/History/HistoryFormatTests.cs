using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using Keelson.Base.Identity;
using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.Store.History;

namespace Keelson.Store.Tests.History;

public sealed class HistoryFormatTests
{
    [Test]
    public void Document_Offsets_AreTheCodes()
    {
        AssertTable("Segment header", new()
        {
            ["magic"] = HistorySegmentLayout.MagicOffset,
            ["version"] = HistorySegmentLayout.VersionOffset,
            ["checksum"] = HistorySegmentLayout.ChecksumOffset,
            ["segment"] = HistorySegmentLayout.SegmentOffset,
            ["first main"] = HistorySegmentLayout.FirstMainOffset,
            ["first sub"] = HistorySegmentLayout.FirstSubOffset,
            ["zero"] = HistorySegmentLayout.FirstSubOffset + sizeof(int),
            ["frames"] = HistorySegmentLayout.HeaderBytes,
        });
        AssertTable("Frame", new()
        {
            ["checksum"] = HistoryFrameLayout.ChecksumOffset,
            ["length"] = HistoryFrameLayout.LengthOffset,
            ["main"] = HistoryFrameLayout.MainOffset,
            ["sub"] = HistoryFrameLayout.SubOffset,
            ["flags"] = HistoryFrameLayout.FlagsOffset,
            ["payload"] = HistoryFrameLayout.HeaderBytes,
        });
        AssertTable("Batch end", new()
        {
            ["index"] = HistoryFrameLayout.IndexOffset,
            ["term"] = HistoryFrameLayout.TermOffset,
            ["cluster time"] = HistoryFrameLayout.ClusterTimeOffset,
            ["chain hash"] = HistoryFrameLayout.ChainHashOffset,
            ["end"] = HistoryFrameLayout.BatchEndBytes,
        });
        AssertTable("Footer", new()
        {
            ["magic"] = HistorySegmentLayout.FooterMagicOffset,
            ["entries"] = HistorySegmentLayout.FooterHeadBytes,
            ["checksum"] = HistorySegmentLayout.FooterChecksumOffset,
            ["segment"] = HistorySegmentLayout.FooterSegmentOffset,
        });
        AssertTable("Sparse index entry", new()
        {
            ["main"] = SparseIndexView.EntryMainOffset,
            ["sub"] = SparseIndexView.EntrySubOffset,
            ["frame"] = SparseIndexView.EntryFrameOffset,
            ["end"] = SparseIndexView.EntryBytes,
        });
    }

    [Test]
    public void Document_StateFields_AreTheCodes()
    {
        IEnumerable<(string Name, int Number)> constants = typeof(HistoryStateCodec)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => !field.Name.StartsWith("Segment", StringComparison.Ordinal) || field.Name == "SegmentField")
            .Select(field => (field.Name, (int)field.GetRawConstantValue()!));
        Dictionary<string, int> expected = constants.ToDictionary(each => Plain(each.Name), each => each.Number);
        Dictionary<string, int> drawn = Rows("State").ToDictionary(row => Plain(row[0] + "Field"), row => Int(row[1]));
        Assert.That(drawn, Is.EquivalentTo(expected));
    }

    [Test]
    public void Checkpoint_OneChange_WritesTheDrawnBytes()
    {
        // Expected bytes put together from the drawing; checksums and hash come from a second implementation in another
        // language.
        var disk = new SimulatedDisk(new SeededRandom(1));
        using var model = new HistoryModel(1, disk);
        "KEYVALUE"u8.CopyTo(model.History.Append(new ChangeRevision(2, 0), HistoryFlags.Tombstone, 8));
        model.History.EndBatch(new LogIndex(3), new Term(4), 5);
        var host = new HistoryHost(disk);
        host.Checkpoint(model.History);
        string hex = Convert.ToHexString(host.Files()["history-0000000000000001"]);
        Assert.That(hex, Is.EqualTo(
            "4B4C534E48495354" + "01000000"
            + "6D4340DF" + "0100000000000000" + "0200000000000000" + "00000000" + "00000000"
            + "52E84216" + "08000000" + "0200000000000000" + "00000000" + "01000000" + "4B455956414C5545"
            + "35821C28" + "20000000" + "0200000000000000" + "FFFFFF7F" + "02000000"
            + "0300000000000000" + "0400000000000000" + "0500000000000000" + "897E70D0CBEEE127"));
    }

    [FsCheck.NUnit.Property(MaxTest = 200)]
    public void State_AnyHistory_SurvivesEncoding(ulong seed)
    {
        HistoryState state = StateOf(seed);
        Assert.That(HistoryStateCodec.TryDecode(HistoryStateCodec.Encode(state), out HistoryState decoded), Is.True);
        Assert.That(decoded.Segments, Is.EqualTo(state.Segments));
        Assert.That(decoded.OpenIndex, Is.EqualTo(state.OpenIndex));
        Assert.That((decoded.Position, decoded.NextSegment), Is.EqualTo((state.Position, state.NextSegment)));
    }

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public void State_AnyByteChanged_DecodesToAValidStateOrNot(ulong seed)
    {
        byte[] bytes = HistoryStateCodec.Encode(StateOf(seed % 16));
        var random = new SeededRandom(seed);
        for (int change = random.Below(4); change >= 0; change--)
        {
            bytes[random.Below(bytes.Length)] = (byte)random.Below(256);
        }

        ReadOnlySpan<byte> cut = bytes.AsSpan(0, random.Below(2) == 0 ? bytes.Length : random.Below(bytes.Length));
        bool isState = HistoryStateCodec.TryDecode(cut, out HistoryState state);
        Assert.That(isState, Is.EqualTo(isState && HistoryStateRules.Hold(state)));
    }

    private static HistoryState StateOf(ulong seed)
    {
        var disk = new SimulatedDisk(new SeededRandom(seed));
        using var model = new HistoryModel(seed, disk);
        for (ulong batch = 0; batch < seed % 60; batch++)
        {
            model.AppendBatch();
        }

        var host = new HistoryHost(disk);
        host.Checkpoint(model.History);
        return HistoryHost.Decode(host.Newer);
    }

    private static void AssertTable(string heading, Dictionary<string, int> expected)
    {
        // A field that is drawn twice (a count and what it counts) keeps its last offset.
        var drawn = new Dictionary<string, int>();
        foreach (string[] row in Rows(heading))
        {
            drawn[row[2]] = Int(row[0]);
        }

        Assert.That(drawn, Is.EquivalentTo(expected), heading);
    }

    private static IEnumerable<string[]> Rows(string heading) => File.ReadLines(DocumentPath())
        .SkipWhile(line => line != $"## {heading}")
        .Skip(1)
        .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
        .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
        .Skip(1)
        .Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1]);

    private static string Plain(string name) =>
        name.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();

    private static int Int(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static string DocumentPath([CallerFilePath] string source = "") => Path.GetFullPath(
        Path.Combine(Path.GetDirectoryName(source)!, "../../../docs/formats/history.md"));
}
