using Keelson.Base.Seams;

namespace Keelson.Bench.Micro.Benchmarks;

/// <summary>A disk that forgets what is written: what is left is the cost of the code above it.</summary>
internal sealed class DiscardingDisk : IDisk
{
    private readonly SortedDictionary<string, DiscardingFile> _files = new(StringComparer.Ordinal);

    public long FreeBytes => long.MaxValue;

    public int SectorBytes => 512;

    public IReadOnlyList<string> List() => [.. _files.Keys];

    public IDiskFile Open(string name, DiskOpenMode mode)
    {
        if (mode == DiskOpenMode.New)
        {
            _files.Add(name, new DiscardingFile());
        }

        return _files[name];
    }

    public void Rename(string source, string target)
    {
        _files[target] = _files[source];
        _files.Remove(source);
    }

    public void Delete(string name) => _files.Remove(name);

    public void Sync()
    {
    }

    private sealed class DiscardingFile : IDiskFile
    {
        public long Length { get; private set; }

        public int Read(long offset, Span<byte> destination)
        {
            int read = (int)Math.Clamp(Length - offset, 0, destination.Length);
            destination[..read].Clear();
            return read;
        }

        public void Write(long offset, ReadOnlySpan<byte> source) => Length = Math.Max(Length, offset + source.Length);

        public void WriteDurable(long offset, ReadOnlySpan<byte> source) => Write(offset, source);

        public void Sync()
        {
        }

        public void Truncate(long length) => Length = length;

        public void Dispose()
        {
        }
    }
}
