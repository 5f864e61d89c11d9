namespace Keelson.Simulation;

public sealed class SeededRandomTests
{
    [FsCheck.NUnit.Property]
    public bool Next_SameSeed_DrawsTheSame(ulong seed)
    {
        var first = new SeededRandom(seed);
        var second = new SeededRandom(seed);
        return Enumerable.Range(0, 100).All(_ => first.Next() == second.Next())
            && first.Clone().Next() == second.Next();
    }

    [Test]
    public void Next_SeedZero_EveryBitIsFair()
    {
        var random = new SeededRandom(0);
        var ones = new int[64];
        for (int round = 0; round < 10_000; round++)
        {
            ulong value = random.Next();
            for (int bit = 0; bit < 64; bit++)
            {
                ones[bit] += (int)((value >> bit) & 1);
            }
        }

        // Five standard deviations of 10,000 fair coins are 250.
        Assert.That(ones, Is.All.InRange(4750, 5250));
    }
}
