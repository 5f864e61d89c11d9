using Keelson.Base.Identity;
using Keelson.Store.Checkpoint;
using Keelson.Store.Mvcc;
using Keelson.Store.Tree;

namespace Keelson.Store.Tests.Checkpoint;

public sealed class RootRecordTests
{
    [Test]
    public void Decode_OfEncode_IsEqual()
    {
        RootRecord root = Sample();
        RootRecord? read = RootRecord.TryDecode(root.Encode());
        Assert.That(read, Is.Not.Null);
        Assert.Multiple(() =>
        {
            Assert.That(read!.Sequence, Is.EqualTo(root.Sequence));
            Assert.That(read.State, Is.EqualTo(root.State));
            Assert.That(read.Trees, Is.EqualTo(root.Trees));
            Assert.That(read.History.ToArray(), Is.EqualTo(root.History.ToArray()));
            Assert.That(read.TreeSegments.ToArray(), Is.EqualTo(root.TreeSegments.ToArray()));
        });
    }

    [Test]
    public void Decode_LongerOldContentBehindIt_IsEqual()
    {
        byte[] slot = [.. Sample().Encode(), .. new byte[100]];
        Assert.That(RootRecord.TryDecode(slot)?.Sequence, Is.EqualTo(Sample().Sequence));
    }

    [Test]
    public void Decode_AnyBitFlipped_IsNoRoot()
    {
        byte[] slot = Sample().Encode();
        for (int bit = 0; bit < slot.Length * 8; bit++)
        {
            slot[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.That(RootRecord.TryDecode(slot), Is.Null, $"bit {bit}");
            slot[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Test]
    public void Decode_CutShortAnywhere_IsNoRoot()
    {
        byte[] slot = Sample().Encode();
        for (int length = 0; length < slot.Length; length++)
        {
            Assert.That(RootRecord.TryDecode(slot.AsMemory(0, length)), Is.Null, $"length {length}");
        }
    }

    [Test]
    public void Document_Offsets_AreTheCodes()
    {
        FormatDocument document = FormatDocument.Read("root.md");
        Assert.That(document.Offsets("Header"), Is.EquivalentTo(new Dictionary<string, int>
        {
            ["Magic"] = RootLayout.MagicOffset,
            ["Version"] = RootLayout.VersionOffset,
            ["BodyLength"] = RootLayout.BodyLengthOffset,
            ["Sequence"] = RootLayout.SequenceOffset,
            ["BodyChecksum"] = RootLayout.BodyChecksumOffset,
            ["HeaderChecksum"] = RootLayout.HeaderChecksumOffset,
        }));
        Assert.That(document.Offsets("Body"), Is.SupersetOf(new Dictionary<string, int>
        {
            ["Revision"] = RootLayout.RevisionOffset,
            ["CompactRevision"] = RootLayout.CompactRevisionOffset,
            ["AppliedIndex"] = RootLayout.AppliedIndexOffset,
            ["AppliedTerm"] = RootLayout.AppliedTermOffset,
            ["ClusterTime"] = RootLayout.ClusterTimeOffset,
            ["ChainHash"] = RootLayout.ChainHashOffset,
            ["Alarms"] = RootLayout.AlarmsOffset,
            ["HistoryLength"] = RootLayout.HistoryLengthOffset,
            ["TreeSegmentsLength"] = RootLayout.TreeSegmentsLengthOffset,
            ["Trees"] = RootLayout.TreesOffset,
        }));
        Assert.That(document.Offsets("Tree ("), Is.SupersetOf(new Dictionary<string, int>
        {
            ["TreeAddress"] = RootLayout.TreeAddressOffset,
            ["TreeLiveCount"] = RootLayout.TreeLiveCountOffset,
            ["TreeEntryCount"] = RootLayout.TreeEntryCountOffset,
        }));
    }

    [Test]
    public void Layout_PageAddress_FitsItsPlace()
    {
        Assert.That(
            PageAddress.EncodedBytes,
            Is.LessThanOrEqualTo(RootLayout.TreeLiveCountOffset - RootLayout.TreeAddressOffset));
    }

    private static RootRecord Sample() => new()
    {
        Sequence = 7,
        State = new StoreState
        {
            Revision = new Revision(42),
            CompactRevision = 17,
            AppliedIndex = new LogIndex(99),
            AppliedTerm = new Term(3),
            ClusterTimeMilliseconds = 123_456,
            ChainHash = 0xDEADBEEFCAFEF00D,
            Alarms = AlarmFlags.NoSpace,
        },
        Trees = [.. Enumerable.Range(1, RootLayout.TreeCount).Select(index =>
            new SavedTree(new PageAddress(index, 4096 * index, 100 + index, (uint)index), index, index * 2))],
        History = new byte[] { 1, 2, 3 },
        TreeSegments = new byte[] { 4, 5, 6, 7 },
    };
}
