using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Keelson.Store.Host;

/// <summary>
/// The system calls behind <see cref="RealDisk"/>, as Linux's manual pages (section 2) give them. Paths are UTF-8 with
/// a final zero; a <c>ref byte</c> is pinned for the length of the call. The numbers of open's flags are those of
/// x86-64 and arm64.
/// </summary>
internal static class LinuxCalls
{
    public const int ReadWrite = 2;
    public const int WriteOnly = 1;
    public const int ReadOnly = 0;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int CloseOnExec = 0x80000;

    /// <summary>Each write returns when its bytes, and what is needed to read them, are durable.</summary>
    public const int DataSync = 0x1000;
    public const int Direct = 0x4000;

    public const int SeekEnd = 2;
    public const int LockExclusiveNonBlocking = 2 | 4;

    public const int NoSuchFile = 2;
    public const int Interrupted = 4;
    public const int WouldBlock = 11;
    public const int FileExists = 17;
    public const int NoSpace = 28;
    public const int QuotaExceeded = 122;

    private const string Library = "libc";

    [DllImport(Library, EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Open(ref byte path, int flags, int mode);

    [DllImport(Library, EntryPoint = "pread", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern nint Read(SafeFileHandle file, ref byte destination, nint count, long offset);

    [DllImport(Library, EntryPoint = "pwrite", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern nint Write(SafeFileHandle file, ref byte source, nint count, long offset);

    [DllImport(Library, EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int SyncData(SafeFileHandle file);

    [DllImport(Library, EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Sync(SafeFileHandle file);

    [DllImport(Library, EntryPoint = "ftruncate", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Truncate(SafeFileHandle file, long length);

    [DllImport(Library, EntryPoint = "lseek", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern long Seek(SafeFileHandle file, long offset, int whence);

    [DllImport(Library, EntryPoint = "rename", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Rename(ref byte source, ref byte target);

    [DllImport(Library, EntryPoint = "unlink", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Unlink(ref byte path);

    [DllImport(Library, EntryPoint = "mkdir", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int MakeDirectory(ref byte path, int mode);

    [DllImport(Library, EntryPoint = "flock", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Lock(SafeFileHandle file, int operation);
}
