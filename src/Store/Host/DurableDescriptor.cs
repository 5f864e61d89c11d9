using Keelson.Base.Seams;
using Microsoft.Win32.SafeHandles;

namespace Keelson.Store.Host;

/// <summary>
/// A second descriptor of a file with O_DSYNC: its writes do what pwritev2 with RWF_DSYNC does, and take a span without
/// pinning structures. Opened at the first use, through the first descriptor, so that a rename in between does not
/// matter.
/// </summary>
internal sealed class DurableDescriptor(int flags, IFileCalls calls) : IDisposable
{
    private readonly Lock _lock = new();
    private SafeFileHandle? _handle;
    private bool _refused;

    /// <summary>The descriptor; null when the file system refuses the flags, or /proc is not there.</summary>
    public SafeFileHandle? Of(SafeFileHandle file)
    {
        lock (_lock)
        {
            if (_handle is null && !_refused)
            {
                try
                {
                    string self = $"/proc/self/fd/{file.DangerousGetHandle()}";
                    _handle = RealDisk.OpenHandle(self, LinuxCalls.WriteOnly | flags, calls);
                }
                catch (DiskException)
                {
                    _refused = true;
                }
            }

            return _refused ? null : _handle;
        }
    }

    /// <summary>
    /// A write showed what open did not: the file system does not take such writes. Who is writing through the
    /// descriptor may go on.
    /// </summary>
    public void Refuse()
    {
        lock (_lock)
        {
            _refused = true;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _handle?.Dispose();
            _handle = null;
            _refused = true;
        }
    }
}
