using Keelson.Base.Seams;
using Keelson.Simulation.World;

namespace Keelson.Simulation.Disk;

/// <summary>
/// A simulated disk whose calls take time: whoever calls is busy for as long. Every call is part of the world's trace.
/// </summary>
internal sealed class TimedDisk(SimulatedDisk disk, SimulatedDevice device) : IDisk
{
    public long FreeBytes => disk.FreeBytes;

    public int SectorBytes => disk.SectorBytes;

    /// <summary>The disk itself, which takes no time.</summary>
    public SimulatedDisk Inner => disk;

    public SimulatedDevice Device => device;

    public IReadOnlyList<string> List()
    {
        Spend(DiskCallKind.List, "", 0, 0);
        return disk.List();
    }

    public IDiskFile Open(string name, DiskOpenMode mode)
    {
        Spend(DiskCallKind.Open, name, 0, 0);
        return new TimedDiskFile(this, disk.Open(name, mode), name);
    }

    public void Rename(string source, string target)
    {
        Spend(DiskCallKind.Rename, source, 0, 0);
        disk.Rename(source, target);
    }

    public void Delete(string name)
    {
        Spend(DiskCallKind.Delete, name, 0, 0);
        disk.Delete(name);
    }

    public void Sync()
    {
        Spend(DiskCallKind.SyncNames, "", 0, 0);
        disk.Sync();
    }

    internal void Spend(DiskCallKind kind, string file, long offset, long length)
    {
        SimulatedWorld world = device.World;
        world.Trace.Fold((long)kind);
        world.Trace.Fold(file);
        world.Trace.Fold(offset);
        world.Trace.Fold(length);
        world.Spend(device.Draw(kind));
    }
}
