using System.Buffers.Binary;
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
    public const int InvalidArgument = 22;
    public const int SystemFilesFull = 23;
    public const int ProcessFilesFull = 24;
    public const int NoSpace = 28;
    public const int QuotaExceeded = 122;

    private const int FutexWaitPrivate = 0 | 128;
    private const int FutexWakePrivate = 1 | 128;
    private const string Library = "libc";

    private static readonly long FutexNumber = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 202,
        Architecture.Arm64 => 98,
        var other => throw new PlatformNotSupportedException($"the number of futex(2) on {other} is not known here"),
    };

    /// <summary>Sleeps while the word has this value, at most so long; may return early (futex(2)).</summary>
    public static void WaitWhile(ref int word, int value, double seconds)
    {
        var timeout = new TimeSpec((long)seconds, (long)((seconds - Math.Floor(seconds)) * 1e9));
        Futex(FutexNumber, ref word, FutexWaitPrivate, value, ref timeout);
    }

    /// <summary>Wakes a thread that sleeps on the word.</summary>
    public static void WakeOne(ref int word)
    {
        TimeSpec unused = default;
        Futex(FutexNumber, ref word, FutexWakePrivate, 1, ref unused);
    }

    /// <summary>
    /// What offset and length of a direct write must be multiples of; 0 when the file system does not tell (statx(2),
    /// stx_dio_offset_align).
    /// </summary>
    public static int DirectOffsetAlignment(SafeFileHandle file)
    {
        const int emptyPath = 0x1000;
        const uint directAlignment = 0x2000;
        const int maskOffset = 0;
        const int offsetAlignmentOffset = 156;
        const int statxBytes = 256;
        Span<byte> status = stackalloc byte[statxBytes];
        byte noPath = 0;
        if (Status(file, ref noPath, emptyPath, directAlignment, ref status[0]) != 0
            || (BinaryPrimitives.ReadUInt32LittleEndian(status[maskOffset..]) & directAlignment) == 0)
        {
            return 0;
        }

        return BinaryPrimitives.ReadInt32LittleEndian(status[offsetAlignmentOffset..]);
    }

    [DllImport(Library, EntryPoint = "statx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Status(SafeFileHandle file, ref byte path, int flags, uint mask, ref byte status);

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

    [DllImport(Library, EntryPoint = "syscall")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern long Futex(long number, ref int word, int operation, int value, ref TimeSpec timeout);

    /// <summary>struct timespec on 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct TimeSpec(long Seconds, long Nanoseconds);
}
