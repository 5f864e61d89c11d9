using System.Runtime.InteropServices;
using System.Text;
using Keelson.Base;
using Keelson.Base.Seams;
using Microsoft.Win32.SafeHandles;

namespace Keelson.Store.Host;

/// <summary>
/// A directory on Linux. Holds a lock file (flock) for as long as it is open, so that no second process, and no second
/// instance in this one, can write beside it.
/// </summary>
internal sealed class RealDisk : IDisk, IDisposable
{
    /// <summary>Not a file of the store: never listed.</summary>
    public const string LockName = "lock";

    /// <summary>No device has larger sectors, and no page of memory is smaller.</summary>
    public const int SectorBytesMax = 4096;

    private const int SectorBytesMin = 512;
    /// <summary>A second longer than a caller waits by default, so that a shorter shortage ends in time-outs.</summary>
    private const int ShortagePausesMax = 800;

    private const int FileMode = 0b110_000_000;
    private const int DirectoryMode = 0b111_000_000;

    private static readonly TimeSpan ShortagePause = TimeSpan.FromMilliseconds(10);

    private readonly string _directory;
    private readonly IFileCalls _calls;
    private readonly SafeFileHandle _directoryHandle;
    private readonly SafeFileHandle _lockHandle;

    private RealDisk(
        string directory, IFileCalls calls, SafeFileHandle directoryHandle, SafeFileHandle lockHandle)
    {
        _directory = directory;
        _calls = calls;
        _directoryHandle = directoryHandle;
        _lockHandle = lockHandle;
        SectorBytes = SectorOf(lockHandle);
    }

    public long FreeBytes
    {
        get
        {
            try
            {
                return new DriveInfo(_directory).AvailableFreeSpace;
            }
            catch (IOException error)
            {
                throw new DiskException(DiskError.Failed, $"{_directory}: {error.Message}", error);
            }
        }
    }

    public int SectorBytes { get; }

    /// <summary>Opens a directory, creating it (mode 0700) if it does not exist.</summary>
    /// <exception cref="DiskException">InUse if somebody else has it open.</exception>
    public static RealDisk Open(string directory) => Open(directory, LinuxFileCalls.Instance);

    /// <summary>The same with the calls that its files make.</summary>
    public static RealDisk Open(string directory, IFileCalls calls)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        MakeDirectory(full);
        SafeFileHandle directoryHandle = OpenHandle(full, LinuxCalls.ReadOnly);
        SafeFileHandle? lockHandle = null;
        try
        {
            lockHandle = OpenHandle(Path.Combine(full, LockName), LinuxCalls.ReadWrite | LinuxCalls.Create);
            if (LinuxCalls.Lock(lockHandle, LinuxCalls.LockExclusiveNonBlocking) != 0)
            {
                int errno = Marshal.GetLastPInvokeError();
                throw errno == LinuxCalls.WouldBlock
                    ? new DiskException(DiskError.InUse, $"{full} is open in another process")
                    : Failure(errno, "flock", full);
            }

            return new RealDisk(full, calls, directoryHandle, lockHandle);
        }
        catch (DiskException)
        {
            lockHandle?.Dispose();
            directoryHandle.Dispose();
            throw;
        }
    }

    public IReadOnlyList<string> List()
    {
        try
        {
            return [.. Directory.EnumerateFiles(_directory)
                .Select(path => Path.GetFileName(path))
                .Where(name => name != LockName)
                .Order(StringComparer.Ordinal)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DiskException(DiskError.Failed, $"{_directory}: {error.Message}", error);
        }
    }

    public IDiskFile Open(string name, DiskOpenMode mode)
    {
        int creation = mode == DiskOpenMode.New ? LinuxCalls.Create | LinuxCalls.Exclusive : 0;
        return new RealDiskFile(PathOf(name), LinuxCalls.ReadWrite | creation, name, SectorBytes, _calls);
    }

    public void Rename(string source, string target)
    {
        byte[] from = Terminated(PathOf(source));
        byte[] to = Terminated(PathOf(target));
        Check(LinuxCalls.Rename(ref from[0], ref to[0]), "rename", source);
    }

    public void Delete(string name)
    {
        byte[] path = Terminated(PathOf(name));
        Check(LinuxCalls.Unlink(ref path[0]), "unlink", name);
    }

    public void Sync() => Check(LinuxCalls.Sync(_directoryHandle), "fsync", _directory);

    public void Dispose()
    {
        _lockHandle.Dispose();
        _directoryHandle.Dispose();
    }

    /// <summary>
    /// Opens with close-on-exec. A signal does not make it fail, nor does a shortage of file descriptors that passes:
    /// a connection that ends gives one back, and a log that cannot go on is the end of the process.
    /// </summary>
    internal static SafeFileHandle OpenHandle(string path, int flags) =>
        OpenHandle(path, flags, LinuxFileCalls.Instance);

    internal static SafeFileHandle OpenHandle(string path, int flags, IFileCalls calls)
    {
        byte[] bytes = Terminated(path);
        int pauses = 0;
        while (true)
        {
            int descriptor = calls.Open(ref bytes[0], flags | LinuxCalls.CloseOnExec, FileMode);
            if (descriptor >= 0)
            {
                return new SafeFileHandle(descriptor, ownsHandle: true);
            }

            int errno = Marshal.GetLastPInvokeError();
            bool isShortage = errno is LinuxCalls.ProcessFilesFull or LinuxCalls.SystemFilesFull;
            if (isShortage && pauses++ < ShortagePausesMax)
            {
                Thread.Sleep(ShortagePause);
            }
            else if (errno != LinuxCalls.Interrupted)
            {
                throw Failure(errno, "open", path);
            }
        }
    }

    internal static void Check(int result, string call, string file)
    {
        if (result < 0)
        {
            throw Failure(Marshal.GetLastPInvokeError(), call, file);
        }
    }

    internal static DiskException Failure(int errno, string call, string file)
    {
        DiskError error = errno switch
        {
            LinuxCalls.NoSuchFile => DiskError.NotFound,
            LinuxCalls.FileExists => DiskError.Exists,
            LinuxCalls.NoSpace or LinuxCalls.QuotaExceeded => DiskError.Full,
            _ => DiskError.Failed,
        };
        return new DiskException(error, $"{call} {file}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})");
    }

    /// <summary>
    /// What a direct write must be a multiple of; a whole page where that is not told (before Linux 6.1).
    /// </summary>
    private static int SectorOf(SafeFileHandle file)
    {
        int alignment = LinuxCalls.DirectOffsetAlignment(file);
        return alignment == 0 ? SectorBytesMax : Math.Clamp(alignment, SectorBytesMin, SectorBytesMax);
    }

    private static byte[] Terminated(string path) => Encoding.UTF8.GetBytes(path + '\0');

    private static void MakeDirectory(string full)
    {
        string? parent = Path.GetDirectoryName(full);
        if (parent is null || Directory.Exists(full))
        {
            return;
        }

        MakeDirectory(parent);
        byte[] path = Terminated(full);
        if (LinuxCalls.MakeDirectory(ref path[0], DirectoryMode) != 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno != LinuxCalls.FileExists)
            {
                throw Failure(errno, "mkdir", full);
            }
        }

        // The directory's own name must survive a power cut as well.
        using SafeFileHandle handle = OpenHandle(parent, LinuxCalls.ReadOnly);
        Check(LinuxCalls.Sync(handle), "fsync", parent);
    }

    private string PathOf(string name)
    {
        Invariant.Require(name.Length > 0 && name != LockName && name[0] != '.' && !name.Contains('/'));
        return Path.Combine(_directory, name);
    }
}
