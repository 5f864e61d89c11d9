using Keelson.Base.Seams;

namespace Keelson.Simulation.Disk;

/// <summary>An open file of a <see cref="SimulatedDisk"/>; a crash or restart ends it.</summary>
internal sealed class SimulatedDiskFile(SimulatedDisk disk, SimulatedInode inode, string name, int boot) : IDiskFile
{
    public long Length => disk.Length(this);

    internal SimulatedInode Inode => inode;

    internal string Name => name;

    internal int Boot => boot;

    internal bool Closed { get; private set; }

    public int Read(long offset, Span<byte> destination) => disk.Read(this, offset, destination);

    public void Write(long offset, ReadOnlySpan<byte> source) => disk.Write(this, offset, source);

    public void WriteDurable(long offset, ReadOnlySpan<byte> source) => disk.WriteDurable(this, offset, source);

    public void Sync() => disk.Sync(this);

    public void Truncate(long length) => disk.Truncate(this, length);

    public void Dispose() => Closed = true;
}
