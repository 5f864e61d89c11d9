using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Keelson.Store.Host;
using Microsoft.Win32.SafeHandles;

namespace Keelson.Store.Tests.Host;

/// <summary>The real system calls, which a test lets fail: a rule answers an error's number, or 0.</summary>
internal sealed class FaultyFileCalls : IFileCalls
{
    /// <summary>EIO.</summary>
    public const int InputOutput = 5;

    private readonly ConcurrentDictionary<nint, bool> _isDirect = [];
    private long _calls;

    /// <summary>By the flags of open.</summary>
    public Func<int, int> Open { get; set; } = _ => 0;

    public Func<int> Read { get; set; } = () => 0;

    /// <summary>By whether the descriptor was opened with O_DIRECT.</summary>
    public Func<bool, int> Write { get; set; } = _ => 0;

    public Func<int> Sync { get; set; } = () => 0;

    /// <summary>How many of so many bytes are read or written; at least one.</summary>
    public Func<nint, nint> Shorten { get; set; } = count => count;

    /// <summary>A rule: every n-th call is interrupted by a signal.</summary>
    public int InterruptEvery(int each) =>
        Interlocked.Increment(ref _calls) % each == 0 ? LinuxCalls.Interrupted : 0;

    int IFileCalls.Open(ref byte path, int flags, int mode)
    {
        int descriptor = Fails(Open(flags)) ? -1 : LinuxCalls.Open(ref path, flags, mode);
        _isDirect[descriptor] = (flags & LinuxCalls.Direct) != 0;
        return descriptor;
    }

    nint IFileCalls.Read(SafeFileHandle file, ref byte destination, nint count, long offset) =>
        Fails(Read()) ? -1 : LinuxCalls.Read(file, ref destination, Shorten(count), offset);

    nint IFileCalls.Write(SafeFileHandle file, ref byte source, nint count, long offset)
    {
        bool isDirect = _isDirect[file.DangerousGetHandle()];
        if (Fails(Write(isDirect)))
        {
            return -1;
        }

        // A part of a block cannot be written past the page cache: there only the answer is short.
        nint written = LinuxCalls.Write(file, ref source, isDirect ? count : Shorten(count), offset);
        return isDirect && written > 0 ? Shorten(written) : written;
    }

    int IFileCalls.SyncData(SafeFileHandle file) => Fails(Sync()) ? -1 : LinuxCalls.SyncData(file);

    private static bool Fails(int errno)
    {
        Marshal.SetLastPInvokeError(errno);
        return errno != 0;
    }
}
