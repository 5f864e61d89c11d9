using Microsoft.Win32.SafeHandles;

namespace Keelson.Store.Host;

/// <summary>
/// The system calls of a file that can go wrong half way: tests let them be interrupted, cut short and refused. As in
/// section 2 of Linux's manual: below zero is a failure, and the number of the error is the last P/Invoke error.
/// </summary>
internal interface IFileCalls
{
    /// <summary>open(2); the path is UTF-8 with a final zero.</summary>
    int Open(ref byte path, int flags, int mode);

    /// <summary>pread(2).</summary>
    nint Read(SafeFileHandle file, ref byte destination, nint count, long offset);

    /// <summary>pwrite(2).</summary>
    nint Write(SafeFileHandle file, ref byte source, nint count, long offset);

    /// <summary>fdatasync(2).</summary>
    int SyncData(SafeFileHandle file);
}
