using Keelson.Base.Seams;
using Keelson.Simulation;
using Keelson.Store.Backup;

namespace Keelson.Store.Tests.Backup;

public sealed class BoltRoundTripTests
{
    [TestCase(0, 8, 10)]
    [TestCase(1, 8, 0)]
    [TestCase(3, 8, 100)]
    [TestCase(30, 17, 40)]
    [TestCase(200, 17, 40)]
    [TestCase(20_000, 17, 5)]
    [TestCase(300, 1000, 3)]
    [TestCase(40, 3000, 100)]
    public void Bucket_OfAnySize_IsReadBack(int count, int keyLength, int valueLength)
    {
        var buckets = new BoltBuckets
        {
            ["empty"] = [],
            ["key"] = BoltBuckets.Rising(count, keyLength, index => valueLength + (index % 3)),
            ["small"] = BoltBuckets.Rising(2, 4, _ => 6),
        };

        using IDiskFile file = BoltFiles.Create(BoltFiles.Write(buckets));

        Assert.That(BoltFiles.Read(file, "key"), Is.EqualTo(buckets["key"]));
        Assert.That(BoltFiles.Read(file, "small"), Is.EqualTo(buckets["small"]));
        Assert.That(BoltFiles.Read(file, "empty"), Is.Empty);
    }

    // 100,000 entries of 17-byte keys need branches of three levels.
    [Test]
    public void Bucket_WithManyEntriesAndLargeValues_IsReadBack()
    {
        var buckets = new BoltBuckets
        {
            ["key"] = BoltBuckets.Rising(100_000, 17, index => index % 25_000 == 0 ? 1_500_000 : 60),
        };

        using IDiskFile file = BoltFiles.Create(BoltFiles.Write(buckets));

        List<(byte[] Key, byte[] Value)> entries = BoltFiles.Read(file, "key");
        Assert.That(entries, Has.Count.EqualTo(buckets["key"].Count));
        Assert.That(
            entries.Zip(buckets["key"]).All(pair =>
                pair.First.Key.AsSpan().SequenceEqual(pair.Second.Key)
                && pair.First.Value.AsSpan().SequenceEqual(pair.Second.Value)),
            Is.True);
    }

    // Goal: no boundary (inline or not, page full or not, one value over a page) is special.
    [FsCheck.NUnit.Property(MaxTest = 200)]
    public bool Buckets_OfRandomShape_AreReadBack(ulong seed)
    {
        var random = new SeededRandom(seed);
        var buckets = new BoltBuckets();
        for (int bucket = random.Below(12); bucket >= 0; bucket--)
        {
            int keyLength = 4 + random.Below(40);
            int valueLengthMax = 1 + random.Below(random.Below(4) == 0 ? 10_000 : 300);
            buckets[$"bucket-{random.Below(100)}"] =
                BoltBuckets.Rising(random.Below(60), keyLength, _ => random.Below(valueLengthMax));
        }

        using IDiskFile file = BoltFiles.Create(BoltFiles.Write(buckets, 1 + random.Below(5000)));

        return buckets.Buckets.All(name => BoltFiles.Read(file, name)
            .SequenceEqual(buckets[name], EntryComparer.Instance));
    }

    [Test]
    public void Writer_WithKeysThatDoNotRise_Refuses()
    {
        var buckets = new BoltBuckets { ["key"] = [([2], []), ([1], [])] };

        Assert.That(() => BoltFiles.Write(buckets), Throws.TypeOf<Keelson.Base.InvariantException>());
    }

    // Goal: memory does not follow the size of the file. 200,000 entries of 1,000 bytes, a buffer of 32 KiB.
    [Test]
    public void Writer_OfLargeFile_AllocatesLittle()
    {
        var source = new RepeatedValues(200_000, 1000);
        var piece = new byte[BoltWriter.PieceBytes];
        long before = GC.GetAllocatedBytesForCurrentThread();
        using var writer = new BoltWriter(source);
        long written = 0;
        for (int length = writer.Read(piece); length > 0; length = writer.Read(piece))
        {
            written += length;
        }

        Assert.That(written, Is.GreaterThan(200_000_000));
        // First keys of pages are copied: a few bytes for each 4 KiB.
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(written / 20));
    }

    private sealed class EntryComparer : IEqualityComparer<(byte[] Key, byte[] Value)>
    {
        public static readonly EntryComparer Instance = new();

        public bool Equals((byte[] Key, byte[] Value) left, (byte[] Key, byte[] Value) right) =>
            left.Key.AsSpan().SequenceEqual(right.Key) && left.Value.AsSpan().SequenceEqual(right.Value);

        public int GetHashCode((byte[] Key, byte[] Value) entry) => entry.Key.Length;
    }

    private sealed class RepeatedValues(int count, int valueLength) : IBoltSource
    {
        public IReadOnlyList<string> Buckets => ["key"];

        public IBoltCursor Open(int bucket) => new Cursor(count, valueLength);

        private sealed class Cursor(int count, int valueLength) : IBoltCursor
        {
            private readonly byte[] _key = new byte[17];
            private int _index;

            public ReadOnlySpan<byte> Key => _key;

            public int ValueLength => valueLength;

            public bool Next()
            {
                System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(_key, _index);
                return _index++ < count;
            }

            public void CopyValue(Span<byte> destination) => destination.Fill(7);
        }
    }
}
