using System.Buffers.Binary;
using Keelson.Simulation;

namespace Keelson.Fuzz.Driver;

/// <summary>Makes an input out of a seed: a valid sample with a few changes, or random bytes.</summary>
internal static class Mutator
{
    private const int ChangesMax = 6;
    private const int RandomBytesMax = 600;
    private const int InsertedBytesMax = 64;

    /// <summary>Inputs may grow to this much more than their sample.</summary>
    private const int GrowthBytesMax = 1 << 16;

    private static readonly long[] Extremes =
    [
        0, 1, -1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 1 << 20, 1 << 30, int.MaxValue, int.MinValue,
        uint.MaxValue, 1L << 32, long.MaxValue, long.MinValue, long.MaxValue - 1,
    ];

    private static readonly int[] BlockBytes = [1, 8, 512, 4096];

    public static FuzzInput Create(FuzzTarget target, ulong seed)
    {
        var random = new SeededRandom(seed);
        FuzzInput input = target.Corpus[random.Below(target.Corpus.Count)].Copy();
        byte[][] parts = input.Parts;
        int changes = 1 + random.Below(ChangesMax);
        for (int change = 0; change < changes; change++)
        {
            int part = random.Below(parts.Length);
            byte[] donor = target.Corpus[random.Below(target.Corpus.Count)].Parts[^1];
            byte[] changed = Change(parts[part], donor, random);
            parts[part] = changed.Length <= parts[part].Length + GrowthBytesMax ? changed : parts[part];
        }

        bool resealed = random.Below(2) == 0 && target.TryReseal(parts);
        return input with { Resealed = resealed };
    }

    private static byte[] Change(byte[] bytes, byte[] donor, SeededRandom random)
    {
        if (bytes.Length == 0 || random.Below(64) == 0)
        {
            return Random(random);
        }

        switch (random.Below(12))
        {
            case 0: return FlipBits(bytes, random);
            case 1: return Cut(bytes, random);
            case 2: return bytes[..random.Below(bytes.Length)];
            case 3: return Insert(bytes, RandomBytes(1 + random.Below(InsertedBytesMax), random), random);
            case 4: return Insert(bytes, Varint(Extreme(random)), random);
            case 5: return SwapBlocks(bytes, random);
            case 6: return CopyBlock(bytes, donor, random);
            case 7: return Insert(bytes, Slice(donor, random), random);
            case 8: return Fill(bytes, random);
            case 9: return Overwrite(bytes, Varint(Extreme(random)), random);
            default: return Overwrite(bytes, Number(random), random);
        }
    }

    private static byte[] Random(SeededRandom random) => RandomBytes(random.Below(RandomBytesMax), random);

    private static byte[] RandomBytes(int length, SeededRandom random)
    {
        var bytes = new byte[length];
        random.Fill(bytes);
        return bytes;
    }

    private static byte[] FlipBits(byte[] bytes, SeededRandom random)
    {
        for (int flips = 1 + random.Below(8); flips > 0; flips--)
        {
            bytes[random.Below(bytes.Length)] ^= (byte)(1 << random.Below(8));
        }

        return bytes;
    }

    private static byte[] Cut(byte[] bytes, SeededRandom random)
    {
        int start = random.Below(bytes.Length);
        int length = 1 + random.Below(Math.Min(bytes.Length - start, 1 << random.Below(13)));
        return [.. bytes[..start], .. bytes[(start + length)..]];
    }

    private static byte[] Insert(byte[] bytes, byte[] inserted, SeededRandom random)
    {
        int at = random.Below(bytes.Length + 1);
        return [.. bytes[..at], .. inserted, .. bytes[at..]];
    }

    private static byte[] Overwrite(byte[] bytes, byte[] field, SeededRandom random)
    {
        // Fields lie at multiples of four or eight in the formats on disk, anywhere in messages.
        int at = random.Below(bytes.Length) & -(1 << random.Below(4));
        field.AsSpan(0, Math.Min(field.Length, bytes.Length - at)).CopyTo(bytes.AsSpan(at));
        return bytes;
    }

    private static byte[] SwapBlocks(byte[] bytes, SeededRandom random)
    {
        int length = BlockBytes[random.Below(BlockBytes.Length)];
        int count = bytes.Length / length;
        if (count < 2)
        {
            return bytes;
        }

        Span<byte> left = bytes.AsSpan(random.Below(count) * length, length);
        Span<byte> right = bytes.AsSpan(random.Below(count) * length, length);
        byte[] kept = left.ToArray();
        right.CopyTo(left);
        kept.CopyTo(right);
        return bytes;
    }

    private static byte[] CopyBlock(byte[] bytes, byte[] donor, SeededRandom random)
    {
        int length = BlockBytes[random.Below(BlockBytes.Length)];
        if (bytes.Length < length || donor.Length < length)
        {
            return bytes;
        }

        int from = random.Below(donor.Length / length) * length;
        int to = random.Below(bytes.Length / length) * length;
        donor.AsSpan(from, length).CopyTo(bytes.AsSpan(to));
        return bytes;
    }

    private static byte[] Slice(byte[] donor, SeededRandom random)
    {
        if (donor.Length == 0)
        {
            return donor;
        }

        int start = random.Below(donor.Length);
        return donor[start..(start + random.Below(Math.Min(donor.Length - start, 1 << random.Below(13))))];
    }

    private static byte[] Fill(byte[] bytes, SeededRandom random)
    {
        int start = random.Below(bytes.Length);
        int length = 1 + random.Below(Math.Min(bytes.Length - start, 1 << random.Below(13)));
        bytes.AsSpan(start, length).Fill(random.Below(2) == 0 ? (byte)0 : (byte)0xFF);
        return bytes;
    }

    private static long Extreme(SeededRandom random)
    {
        long extreme = Extremes[random.Below(Extremes.Length)];
        return random.Below(4) == 0 ? unchecked(extreme + random.Below(32) - 16) : extreme;
    }

    private static byte[] Number(SeededRandom random)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, random.Below(3) == 0 ? random.Below(8192) : Extreme(random));
        byte[] number = bytes[..(1 << random.Below(4))].ToArray();
        if (random.Below(4) == 0)
        {
            Array.Reverse(number);
        }

        return number;
    }

    private static byte[] Varint(long value)
    {
        var bytes = new List<byte>();
        ulong rest = unchecked((ulong)value);
        for (; rest >= 0x80; rest >>= 7)
        {
            bytes.Add((byte)((rest & 0x7F) | 0x80));
        }

        bytes.Add((byte)rest);
        return [.. bytes];
    }
}
