namespace Keelson.Simulation.Disk;

/// <summary>The calls of IDisk and IDiskFile that a <see cref="SimulatedDisk"/> counts and can let fail.</summary>
public enum DiskCallKind
{
    List,
    Open,
    Rename,
    Delete,
    SyncNames,
    Read,
    Write,
    WriteDurable,
    Sync,
    Truncate,
}
