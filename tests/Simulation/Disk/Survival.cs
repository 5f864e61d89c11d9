namespace Keelson.Simulation.Disk;

/// <summary>
/// What a power cut leaves of one change: sector i of a write survives if i &lt; PrefixSectors and bit i mod 64 of Mask
/// is set. Anything but a write survives if it is not <see cref="Lost"/>.
/// </summary>
public readonly record struct Survival(int PrefixSectors, ulong Mask)
{
    /// <summary>The unit that a device writes whole or not at all.</summary>
    public const int SectorBytes = 512;

    public static readonly Survival Lost;

    public static readonly Survival Whole = new(int.MaxValue, ulong.MaxValue);

    /// <summary>The first <paramref name="sectors"/> sectors survive.</summary>
    public static Survival Prefix(int sectors) => new(sectors, ulong.MaxValue);

    /// <summary>The sectors whose bit is set survive.</summary>
    public static Survival Scattered(ulong mask) => new(int.MaxValue, mask);

    public bool Keeps(int sector) => sector < PrefixSectors && ((Mask >> (sector % 64)) & 1) != 0;
}
