using System.Globalization;

namespace Keelson.Simulation.Disk;

/// <summary>One counted call, from 1; bytes are [Offset, Offset + Length) where that means something.</summary>
public readonly record struct DiskCall(long Number, DiskCallKind Kind, string File, long Offset, long Length)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"#{Number} {Kind} {File} @{Offset}+{Length}");
}
