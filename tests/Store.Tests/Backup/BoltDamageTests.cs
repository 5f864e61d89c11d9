using System.Buffers.Binary;
using Keelson.Base.Seams;
using Keelson.Simulation;
using Keelson.Store.Backup;

namespace Keelson.Store.Tests.Backup;

public sealed class BoltDamageTests
{
    private static readonly string[] Buckets = ["empty", "key", "small"];

    // Goal: no damaged byte leads to anything but an answer or StoreDamageException: no crash, no hang.
    [FsCheck.NUnit.Property(MaxTest = 300)]
    public void Reader_OfFlippedBits_AnswersOrReportsDamage(ulong seed)
    {
        var random = new SeededRandom(seed);
        byte[] bytes = Sample();
        for (int flips = 1 + random.Below(8); flips > 0; flips--)
        {
            bytes[random.Below(bytes.Length)] ^= (byte)(1 << random.Below(8));
        }

        ReadAll(bytes);
    }

    // Structure is where damage hurts: headers and elements lie at the start of pages.
    [FsCheck.NUnit.Property(MaxTest = 300)]
    public void Reader_OfRandomPageStarts_AnswersOrReportsDamage(ulong seed)
    {
        var random = new SeededRandom(seed);
        byte[] bytes = Sample();
        for (int writes = 1 + random.Below(4); writes > 0; writes--)
        {
            int page = random.Below(bytes.Length / BoltFormat.PageBytes);
            int at = (page * BoltFormat.PageBytes) + random.Below(80);
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at), (ushort)random.Below(70));
        }

        ReadAll(bytes);
    }

    [FsCheck.NUnit.Property(MaxTest = 100)]
    public void Reader_OfTruncatedFile_AnswersOrReportsDamage(ulong seed) =>
        ReadAll(Sample().AsSpan(0, new SeededRandom(seed).Below(Sample().Length)).ToArray());

    // A branch that names its own page: without a bound the walk would never end.
    [Test]
    public void Reader_OfBranchThatNamesItself_ReportsDamage()
    {
        byte[] bytes = Sample();
        int branch = PageWith(bytes, BoltFormat.BranchPage);
        BinaryPrimitives.WriteInt64LittleEndian(
            bytes.AsSpan((branch * BoltFormat.PageBytes) + BoltFormat.PageHeaderBytes + 8), branch);
        using IDiskFile file = BoltFiles.Create(bytes);

        Assert.That(() => BoltFiles.Read(file, "key"), Throws.TypeOf<StoreDamageException>());
    }

    // An overflow of 2^32 pages must not become an allocation.
    [Test]
    public void Reader_OfHugeOverflow_ReportsDamage()
    {
        byte[] bytes = Sample();
        int leaf = PageWith(bytes, BoltFormat.LeafPage);
        BinaryPrimitives.WriteUInt32LittleEndian(
            bytes.AsSpan((leaf * BoltFormat.PageBytes) + BoltFormat.OverflowOffset), uint.MaxValue);
        using IDiskFile file = BoltFiles.Create(bytes);

        Assert.That(() => BoltFiles.Read(file, "key"), Throws.TypeOf<StoreDamageException>());
    }

    [TestCase(0)]
    [TestCase(1)]
    public void Reader_WithOneDamagedMeta_UsesTheOther(int meta)
    {
        byte[] bytes = Sample();
        bytes[(meta * BoltFormat.PageBytes) + BoltFormat.PageHeaderBytes + 20] ^= 1;
        using IDiskFile file = BoltFiles.Create(bytes);

        Assert.That(BoltFiles.Read(file, "key"), Has.Count.EqualTo(500));
    }

    [Test]
    public void Reader_WithBothMetasDamaged_ReportsDamage()
    {
        byte[] bytes = Sample();
        bytes[BoltFormat.PageHeaderBytes + 20] ^= 1;
        bytes[BoltFormat.PageBytes + BoltFormat.PageHeaderBytes + 20] ^= 1;
        using IDiskFile file = BoltFiles.Create(bytes);

        Assert.That(
            () => new BoltReader(file, BoltFiles.Name, file.Length), Throws.TypeOf<StoreDamageException>());
    }

    [Test]
    public void VerifyTrailer_AfterAnyFlippedBit_ReportsDamage([Values(0, 5000, 20_000, -1)] int offset)
    {
        byte[] bytes = Sample();
        using IDiskFile sound = BoltFiles.Create(bytes);
        Assert.That(() => new SnapshotReader(sound, BoltFiles.Name).VerifyTrailer(), Throws.Nothing);
        bytes[offset < 0 ? bytes.Length + offset : offset] ^= 1;
        using IDiskFile file = BoltFiles.Create(bytes);

        Assert.That(
            () => new SnapshotReader(file, BoltFiles.Name).VerifyTrailer(), Throws.TypeOf<StoreDamageException>());
    }

    private static int PageWith(byte[] bytes, ushort flags)
    {
        for (int page = 3; ; page++)
        {
            if (BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan((page * BoltFormat.PageBytes) + 8)) == flags)
            {
                return page;
            }
        }
    }

    private static byte[] Sample() => BoltFiles.Write(new BoltBuckets
    {
        ["empty"] = [],
        ["key"] = BoltBuckets.Rising(500, 17, index => index == 77 ? 9000 : 50),
        ["small"] = BoltBuckets.Rising(3, 4, _ => 6),
    });

    private static void ReadAll(byte[] bytes)
    {
        using IDiskFile file = BoltFiles.Create(bytes);
        try
        {
            var reader = new BoltReader(file, BoltFiles.Name, file.Length);
            foreach (string name in Buckets)
            {
                BoltCursor? cursor = reader.OpenBucket(name);
                while (cursor is not null && cursor.Next())
                {
                    Assert.That(cursor.Value.Length + cursor.Key.Length, Is.LessThan(bytes.Length));
                }
            }
        }
        catch (StoreDamageException damage)
        {
            Assert.That(damage.File, Is.EqualTo(BoltFiles.Name));
        }
    }
}
