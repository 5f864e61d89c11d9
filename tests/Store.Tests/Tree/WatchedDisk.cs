using Keelson.Base.Seams;

namespace Keelson.Store.Tests.Tree;

/// <summary>Counts the files that are open, and tells before each one is opened.</summary>
internal sealed class WatchedDisk(IDisk disk) : IDisk
{
    public Action<string> Opening { get; set; } = static _ => { };

    public int OpenCount { get; private set; }

    public long FreeBytes => disk.FreeBytes;

    public int SectorBytes => disk.SectorBytes;

    public IReadOnlyList<string> List() => disk.List();

    public IDiskFile Open(string name, DiskOpenMode mode)
    {
        Opening(name);
        var file = new WatchedFile(this, disk.Open(name, mode));
        OpenCount++;
        return file;
    }

    public void Rename(string source, string target) => disk.Rename(source, target);

    public void Delete(string name) => disk.Delete(name);

    public void Sync() => disk.Sync();

    private sealed class WatchedFile(WatchedDisk owner, IDiskFile file) : IDiskFile
    {
        public long Length => file.Length;

        public int Read(long offset, Span<byte> destination) => file.Read(offset, destination);

        public void Write(long offset, ReadOnlySpan<byte> source) => file.Write(offset, source);

        public void WriteDurable(long offset, ReadOnlySpan<byte> source) => file.WriteDurable(offset, source);

        public void Sync() => file.Sync();

        public void Truncate(long length) => file.Truncate(length);

        public void Dispose()
        {
            file.Dispose();
            owner.OpenCount--;
        }
    }
}
