using System.Globalization;

namespace Keelson.Simulation.Disk;

/// <summary>A change that a power cut may lose. <see cref="Number"/> orders all changes of one disk.</summary>
public sealed class UnsyncedOperation
{
    internal UnsyncedOperation(long number, UnsyncedKind kind, string file)
    {
        Number = number;
        Kind = kind;
        File = file;
    }

    public long Number { get; }

    public UnsyncedKind Kind { get; }

    /// <summary>The file's name when the change was made.</summary>
    public string File { get; }

    /// <summary>Where the bytes begin; for a truncation the new length.</summary>
    public long Offset { get; internal init; }

    /// <summary>Bytes written.</summary>
    public int Length => Data.Length;

    /// <summary>How many 512-byte sectors of the file the write touches.</summary>
    public int Sectors =>
        Length == 0 ? 1 : (int)(((Offset + Length - 1) / Survival.SectorBytes) - (Offset / Survival.SectorBytes)) + 1;

    internal byte[] Data { get; set; } = [];

    internal SimulatedInode? Inode { get; init; }

    /// <summary>The new name of a rename.</summary>
    internal string Target { get; init; } = "";

    /// <summary>Durable, and only waiting for older ones to be settled too.</summary>
    internal bool Settled { get; set; }

    /// <summary>Begun and not completed: a sync does not cover it.</summary>
    internal bool InFlight { get; set; }

    /// <summary>A sync failed over it: no later sync makes it durable (Linux marks such pages clean).</summary>
    internal bool Doomed { get; set; }

    internal UnsyncedOperation CloneFor(SimulatedInode? inode) => new(Number, Kind, File)
    {
        Offset = Offset,
        Data = Data,
        Inode = inode,
        Target = Target,
        Settled = Settled,
        InFlight = InFlight,
        Doomed = Doomed,
    };

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"~{Number} {Kind} {File} {Target} @{Offset}+{Length}");
}
