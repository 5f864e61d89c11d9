using Keelson.Base.Seams;
using Microsoft.Win32.SafeHandles;

namespace Keelson.Compatibility.Backups;

/// <summary>A file that some program wrote, for reading.</summary>
internal sealed class BackupFile(string path) : IDiskFile
{
    private readonly SafeFileHandle _handle = File.OpenHandle(path);

    public long Length => RandomAccess.GetLength(_handle);

    public int Read(long offset, Span<byte> destination) => RandomAccess.Read(_handle, destination, offset);

    public void Write(long offset, ReadOnlySpan<byte> source) => throw new NotSupportedException();

    public void WriteDurable(long offset, ReadOnlySpan<byte> source) => throw new NotSupportedException();

    public void Sync() => throw new NotSupportedException();

    public void Truncate(long length) => throw new NotSupportedException();

    public void Dispose() => _handle.Dispose();
}
