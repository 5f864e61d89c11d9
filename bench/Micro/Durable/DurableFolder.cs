using Keelson.Store.Host;

namespace Keelson.Bench.Micro.Durable;

/// <summary>A directory on the file system that the repository is on, gone at the end.</summary>
internal sealed class DurableFolder : IDisposable
{
    private readonly Lazy<RealDisk> _disk;

    public DurableFolder(string name)
    {
        Path = System.IO.Path.Combine(".state", "bench-micro", $"{name}-{Guid.NewGuid():N}");
        Directory.CreateDirectory(Path);
        _disk = new Lazy<RealDisk>(() => RealDisk.Open(Path));
    }

    public string Path { get; }

    public RealDisk Disk => _disk.Value;

    public void Dispose()
    {
        if (_disk.IsValueCreated)
        {
            _disk.Value.Dispose();
        }

        Directory.Delete(Path, recursive: true);
    }
}
