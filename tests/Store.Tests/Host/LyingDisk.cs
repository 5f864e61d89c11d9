using Keelson.Base.Seams;

namespace Keelson.Store.Tests.Host;

/// <summary>A disk that says "durable" before it is so: a harness that does not notice it checks nothing.</summary>
internal sealed class LyingDisk(IDisk disk) : IDisk
{
    public long FreeBytes => disk.FreeBytes;

    public int SectorBytes => disk.SectorBytes;

    public IReadOnlyList<string> List() => disk.List();

    public IDiskFile Open(string name, DiskOpenMode mode) => new LyingFile(disk.Open(name, mode));

    public void Rename(string source, string target) => disk.Rename(source, target);

    public void Delete(string name) => disk.Delete(name);

    public void Sync() => disk.Sync();

    private sealed class LyingFile(IDiskFile file) : IDiskFile
    {
        public long Length => file.Length;

        public int Read(long offset, Span<byte> destination) => file.Read(offset, destination);

        public void Write(long offset, ReadOnlySpan<byte> source) => file.Write(offset, source);

        public void WriteDurable(long offset, ReadOnlySpan<byte> source) => file.Write(offset, source);

        public void Sync() => file.Sync();

        public void Truncate(long length) => file.Truncate(length);

        public void Dispose() => file.Dispose();
    }
}
