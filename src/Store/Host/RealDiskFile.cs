using System.Runtime.InteropServices;
using Keelson.Base.Seams;
using Microsoft.Win32.SafeHandles;

namespace Keelson.Store.Host;

/// <summary>
/// An open file on Linux. A disposed file's calls in other threads finish first (SafeHandle counts them).
/// </summary>
internal sealed class RealDiskFile(string path, int flags, string name) : IDiskFile
{
    private readonly SafeFileHandle _handle = RealDisk.OpenHandle(path, flags);
    private readonly Lock _durableLock = new();
    private SafeFileHandle? _durable;
    private bool _durableRefused;

    public long Length
    {
        get
        {
            // Moves the descriptor's position, which nothing here uses.
            long length = LinuxCalls.Seek(_handle, 0, LinuxCalls.SeekEnd);
            RealDisk.Check(length < 0 ? -1 : 0, "lseek", name);
            return length;
        }
    }

    /// <summary>Durable writes cost one system call: the file system gave a descriptor with O_DSYNC.</summary>
    internal bool WritesDurablyInOneCall => DurableHandle() is not null;

    public int Read(long offset, Span<byte> destination)
    {
        int done = 0;
        while (done < destination.Length)
        {
            nint count = LinuxCalls.Read(
                _handle, ref MemoryMarshal.GetReference(destination[done..]), destination.Length - done, offset + done);
            if (count == 0)
            {
                break;
            }

            done += (int)CheckCount(count, "pread");
        }

        return done;
    }

    public void Write(long offset, ReadOnlySpan<byte> source) => WriteAll(_handle, offset, source);

    public void WriteDurable(long offset, ReadOnlySpan<byte> source)
    {
        SafeFileHandle? durable = DurableHandle();
        WriteAll(durable ?? _handle, offset, source);
        if (durable is null)
        {
            Sync();
        }
    }

    /// <summary>Never tried again, not even after a signal: what a second call would promise is unknown.</summary>
    public void Sync() => RealDisk.Check(LinuxCalls.SyncData(_handle), "fdatasync", name);

    public void Truncate(long length) => RealDisk.Check(LinuxCalls.Truncate(_handle, length), "ftruncate", name);

    public void Dispose()
    {
        lock (_durableLock)
        {
            _durable?.Dispose();
            _durable = null;
            _durableRefused = true;
        }

        _handle.Dispose();
    }

    private void WriteAll(SafeFileHandle target, long offset, ReadOnlySpan<byte> source)
    {
        while (!source.IsEmpty)
        {
            nint count = LinuxCalls.Write(target, ref MemoryMarshal.GetReference(source), source.Length, offset);
            int written = (int)CheckCount(count, "pwrite");
            if (count == 0)
            {
                throw new DiskException(DiskError.Failed, $"pwrite {name}: nothing was written");
            }

            source = source[written..];
            offset += written;
        }
    }

    private nint CheckCount(nint count, string call)
    {
        if (count >= 0)
        {
            return count;
        }

        int errno = Marshal.GetLastPInvokeError();
        return errno == LinuxCalls.Interrupted ? 0 : throw RealDisk.Failure(errno, call, name);
    }

    /// <summary>
    /// A second descriptor with O_DSYNC does what pwritev2 with RWF_DSYNC does, and takes a span without pinning
    /// structures. Opened through the first one, so that a rename in between does not matter.
    /// </summary>
    private SafeFileHandle? DurableHandle()
    {
        lock (_durableLock)
        {
            if (_durable is null && !_durableRefused)
            {
                try
                {
                    string self = $"/proc/self/fd/{_handle.DangerousGetHandle()}";
                    _durable = RealDisk.OpenHandle(self, LinuxCalls.WriteOnly | LinuxCalls.DataSync);
                }
                catch (DiskException)
                {
                    // Without /proc, or on a file system that refuses the flag: write, then fdatasync.
                    _durableRefused = true;
                }
            }

            return _durable;
        }
    }
}
