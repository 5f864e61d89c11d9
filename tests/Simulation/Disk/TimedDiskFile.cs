using Keelson.Base.Seams;

namespace Keelson.Simulation.Disk;

/// <summary>An open file of a <see cref="TimedDisk"/>.</summary>
internal sealed class TimedDiskFile(TimedDisk disk, IDiskFile file, string name) : IDiskFile
{
    public long Length => file.Length;

    /// <summary>What the simulated disk opened.</summary>
    public IDiskFile Inner => file;

    public int Read(long offset, Span<byte> destination)
    {
        disk.Spend(DiskCallKind.Read, name, offset, destination.Length);
        return file.Read(offset, destination);
    }

    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        disk.Spend(DiskCallKind.Write, name, offset, source.Length);
        file.Write(offset, source);
    }

    public void WriteDurable(long offset, ReadOnlySpan<byte> source)
    {
        disk.Spend(DiskCallKind.WriteDurable, name, offset, source.Length);
        file.WriteDurable(offset, source);
    }

    public void Sync()
    {
        disk.Spend(DiskCallKind.Sync, name, 0, 0);
        file.Sync();
    }

    public void Truncate(long length)
    {
        disk.Spend(DiskCallKind.Truncate, name, length, 0);
        file.Truncate(length);
    }

    public void Dispose() => file.Dispose();
}
