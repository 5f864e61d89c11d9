using System.Numerics;

namespace Keelson.Bench.Load.Driving;

/// <summary>
/// Counts of durations in nanoseconds, in buckets whose width is below 1 % of their value (the idea of HdrHistogram):
/// recording is two shifts and an increment, whatever the range.
/// </summary>
internal sealed class Histogram
{
    private const int PrecisionBits = 7;
    private const int BucketsPerOctave = 1 << PrecisionBits;

    // Up to 2^42 ns, more than an hour; longer ones count as that.
    private const int OctavesMax = 42 - PrecisionBits + 1;

    private readonly long[] _counts = new long[OctavesMax * BucketsPerOctave];

    public long Count { get; private set; }

    public long Max { get; private set; }

    public void Record(long nanoseconds)
    {
        long value = Math.Max(nanoseconds, 0);
        _counts[IndexOf(value)]++;
        Count++;
        Max = Math.Max(Max, value);
    }

    public void Add(Histogram other)
    {
        for (int index = 0; index < _counts.Length; index++)
        {
            _counts[index] += other._counts[index];
        }

        Count += other.Count;
        Max = Math.Max(Max, other.Max);
    }

    /// <summary>The smallest duration that at least this share of all durations do not exceed; 0 when empty.</summary>
    public long Percentile(double percent)
    {
        long wanted = Math.Max(1, (long)Math.Ceiling(Count * percent / 100));
        long seen = 0;
        for (int index = 0; index < _counts.Length; index++)
        {
            seen += _counts[index];
            if (seen >= wanted)
            {
                return Math.Min(Highest(index), Max);
            }
        }

        return 0;
    }

    // Values below 2^PrecisionBits have a bucket each; every further power of two is cut into as many buckets.
    private static int IndexOf(long value)
    {
        int shift = Math.Max(0, BitOperations.Log2((ulong)value | 1) - PrecisionBits);
        int octave = value < BucketsPerOctave ? 0 : shift + 1;
        if (octave >= OctavesMax)
        {
            return (OctavesMax * BucketsPerOctave) - 1;
        }

        int within = (int)(value >> shift) & (BucketsPerOctave - 1);
        return (octave * BucketsPerOctave) + within;
    }

    private static long Highest(int index)
    {
        int octave = index / BucketsPerOctave;
        long within = index % BucketsPerOctave;
        return octave == 0 ? within : ((within + BucketsPerOctave + 1) << (octave - 1)) - 1;
    }
}
