namespace Keelson.Simulation.Disk;

public enum UnsyncedKind
{
    Write,
    Truncate,
    Create,
    Rename,
    Delete,
}
