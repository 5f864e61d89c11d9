using Keelson.Store.Requests;

namespace Keelson.Store.Tests.Requests;

public sealed class DeletedKeysTests
{
    // Small alphabet, so that intervals meet, nest and overlap.
    [FsCheck.NUnit.Property(MaxTest = 200)]
    public bool Contains_AnyIntervals_IsTheListsAnswer((byte Start, byte End)[] intervals, byte[] keys)
    {
        DeletedKeys union = new();
        List<(byte[] Start, byte[] End)> list = [];
        bool agrees = true;
        for (int round = 0; round < 40; round++)
        {
            foreach ((byte start, byte end) in intervals)
            {
                byte[] from = [(byte)(start % 23), (byte)(round % 3)];
                byte[] to = end % 4 == 0 ? [] : [(byte)(end % 23)];
                union.Add(from, to);
                list.Add((from, to.Length == 0 ? [.. from, 0] : to));
            }

            agrees &= keys.All(key => union.Contains([(byte)(key % 23), 1]) == Contains(list, [(byte)(key % 23), 1]));
        }

        return agrees;
    }

    [Test]
    public void Contains_ManyDisjointKeys_FindsExactlyThose()
    {
        // A transaction of 125,000 nested operations took 17 s when each put looked at each delete.
        DeletedKeys union = new();
        for (int number = 0; number < 60_000; number++)
        {
            union.Add(Key(number * 2), default);
            Assert.That(union.Contains(Key((number * 2) + 1)), Is.False);
        }

        Assert.That(Enumerable.Range(0, 120_000).Count(number => union.Contains(Key(number))), Is.EqualTo(60_000));
    }

    private static byte[] Key(int number) =>
        [(byte)(number >> 16), (byte)((number >> 8) & 0xFF), (byte)(number & 0xFF)];

    private static bool Contains(List<(byte[] Start, byte[] End)> list, byte[] key) => list.Exists(interval =>
        key.AsSpan().SequenceCompareTo(interval.Start) >= 0 && key.AsSpan().SequenceCompareTo(interval.End) < 0);
}
