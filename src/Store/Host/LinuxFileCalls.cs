using Microsoft.Win32.SafeHandles;

namespace Keelson.Store.Host;

/// <summary>The calls themselves.</summary>
internal sealed class LinuxFileCalls : IFileCalls
{
    public static readonly LinuxFileCalls Instance = new();

    private LinuxFileCalls()
    {
    }

    public int Open(ref byte path, int flags, int mode) => LinuxCalls.Open(ref path, flags, mode);

    public nint Read(SafeFileHandle file, ref byte destination, nint count, long offset) =>
        LinuxCalls.Read(file, ref destination, count, offset);

    public nint Write(SafeFileHandle file, ref byte source, nint count, long offset) =>
        LinuxCalls.Write(file, ref source, count, offset);

    public int SyncData(SafeFileHandle file) => LinuxCalls.SyncData(file);
}
