using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Keelson.Bench.Load.Transport;

/// <summary>
/// Waits for sockets (Linux epoll). The runtime's own socket events go through the thread pool, whose hops would cost
/// more than the client itself.
/// </summary>
internal sealed class Poller : IDisposable
{
    private const int EventsMax = 256;
    private const int Add = 1;
    private const int Modify = 3;
    private const int In = 1;
    private const int Out = 4;
    private const int Interrupted = 4;

    // struct epoll_event is packed on x86-64 (12 bytes) and padded elsewhere (16 bytes).
    private static readonly int Stride = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 3 : 4;
    private static readonly int DataAt = Stride - 2;

    private readonly SafeFileHandle _owner;
    private readonly int _handle;
    private readonly int[] _events = new int[EventsMax * Stride];
    private readonly int[] _change = new int[Stride];
    private readonly long[] _timeout = new long[2];

    public Poller()
    {
        _handle = Check(NativeMethods.Create(0), "epoll_create1");
        _owner = new SafeFileHandle(_handle, ownsHandle: true);
    }

    public void Dispose() => _owner.Dispose();

    public void Watch(Socket socket, int tag) => Control(Add, socket, tag, In);

    /// <summary>Also report when the socket takes bytes again, or stop doing so.</summary>
    public void WantOutput(Socket socket, int tag, bool want) => Control(Modify, socket, tag, want ? In | Out : In);

    /// <summary>Waits until something is ready; the count of <see cref="Tag"/>s, 0 after the time is over.</summary>
    public int Wait(TimeSpan timeout)
    {
        _timeout[0] = timeout.Ticks / TimeSpan.TicksPerSecond;
        _timeout[1] = timeout.Ticks % TimeSpan.TicksPerSecond * 100;
        int count = NativeMethods.Wait(_handle, _events, EventsMax, _timeout, 0);
        if (count < 0 && Marshal.GetLastPInvokeError() == Interrupted)
        {
            return 0;
        }

        return Check(count, "epoll_pwait2");
    }

    public int Tag(int index) => _events[(index * Stride) + DataAt];

    private void Control(int operation, Socket socket, int tag, int events)
    {
        _change[0] = events;
        _change[DataAt] = tag;
        Check(NativeMethods.Control(_handle, operation, (int)socket.Handle, _change), "epoll_ctl");
    }

    private static int Check(int result, string call) => result >= 0
        ? result
        : throw new IOException($"{call} failed with errno {Marshal.GetLastPInvokeError()}");

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Create(int flags);

        [DllImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Control(int handle, int operation, int socket, int[] change);

        [DllImport("libc", EntryPoint = "epoll_pwait2", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Wait(int handle, [Out] int[] events, int max, long[] timeout, nint mask);
    }
}
