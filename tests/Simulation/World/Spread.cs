using System.Numerics;

namespace Keelson.Simulation.World;

/// <summary>
/// A duration that varies as service times do: never below a least one, with a mean, and a tail that falls by half with
/// every half-life. Whole numbers only, so that every processor draws the same.
/// </summary>
/// <param name="Least">Microseconds.</param>
/// <param name="Mean">Microseconds; above <paramref name="Least"/>.</param>
internal readonly record struct Spread(long Least, long Mean)
{
    private const int FractionBits = 16;
    private const int HalfLivesMax = 20;

    public long Draw(SeededRandom random)
    {
        ulong drawn = random.Next();
        // The number of leading zeros is geometric; the fraction smooths its steps. Their sum has the mean 1.5.
        long halfLives = Math.Min(BitOperations.LeadingZeroCount(drawn | 1), HalfLivesMax);
        long fraction = (long)(random.Next() >> (64 - FractionBits));
        long scaled = (halfLives << FractionBits) + fraction;
        return Least + ((Mean - Least) * scaled * 2 / 3 >> FractionBits);
    }
}
