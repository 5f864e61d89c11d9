using System.Numerics;
using Keelson.Base.Seams;

namespace Keelson.Simulation;

/// <summary>
/// xoshiro256** seeded by splitmix64 (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2018): the
/// same seed gives the same draws on every machine and runtime. One instance per concern, so that a draw added to one
/// does not shift the others.
/// </summary>
public sealed class SeededRandom : IRandom
{
    private readonly ulong[] _state = new ulong[4];

    public SeededRandom(ulong seed)
    {
        for (int index = 0; index < _state.Length; index++)
        {
            seed = unchecked(seed + 0x9E3779B97F4A7C15);
            _state[index] = SplitMix(seed);
        }
    }

    private SeededRandom(ulong[] state) => state.CopyTo(_state, 0);

    /// <summary>A generator that draws the same from here on.</summary>
    public SeededRandom Clone() => new(_state);

    public ulong Next()
    {
        // Modular arithmetic is the definition of the generator.
        unchecked
        {
            ulong result = BitOperations.RotateLeft(_state[1] * 5, 7) * 9;
            ulong shifted = _state[1] << 17;
            _state[2] ^= _state[0];
            _state[3] ^= _state[1];
            _state[1] ^= _state[2];
            _state[0] ^= _state[3];
            _state[2] ^= shifted;
            _state[3] = BitOperations.RotateLeft(_state[3], 45);
            return result;
        }
    }

    /// <summary>A number in [0, <paramref name="limit"/>).</summary>
    public int Below(int limit) => (int)(Next() % (ulong)limit);

    /// <summary>Fills <paramref name="destination"/> with random bytes.</summary>
    public void Fill(Span<byte> destination)
    {
        for (int index = 0; index < destination.Length; index++)
        {
            destination[index] = (byte)(Next() >> 56);
        }
    }

    private static ulong SplitMix(ulong value)
    {
        unchecked
        {
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
            return value ^ (value >> 31);
        }
    }
}
