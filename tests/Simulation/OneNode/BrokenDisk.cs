using Keelson.Base.Seams;
using Keelson.Simulation.Disk;

namespace Keelson.Simulation.OneNode;

/// <summary>A disk that says that it has done what it has not.</summary>
internal sealed class BrokenDisk(TimedDisk disk, Canary canary) : IDisk
{
    public long FreeBytes => disk.FreeBytes;

    public int SectorBytes => disk.SectorBytes;

    public IReadOnlyList<string> List() => disk.List();

    public IDiskFile Open(string name, DiskOpenMode mode) => new BrokenFile(this, disk.Open(name, mode));

    public void Rename(string source, string target) => disk.Rename(source, target);

    public void Delete(string name) => disk.Delete(name);

    public void Sync() => Pretend(disk.Sync);

    private void Pretend(Action sync)
    {
        if (canary == Canary.SyncsLie)
        {
            return;
        }

        try
        {
            sync();
        }
        catch (DiskException)
        {
            // The planted fault: a failed sync is none.
        }
    }

    private sealed class BrokenFile(BrokenDisk disk, IDiskFile file) : IDiskFile
    {
        public long Length => file.Length;

        public int Read(long offset, Span<byte> destination) => file.Read(offset, destination);

        public void Write(long offset, ReadOnlySpan<byte> source) => file.Write(offset, source);

        public void WriteDurable(long offset, ReadOnlySpan<byte> source) => file.WriteDurable(offset, source);

        public void Sync() => disk.Pretend(file.Sync);

        public void Truncate(long length) => file.Truncate(length);

        public void Dispose() => file.Dispose();
    }
}
