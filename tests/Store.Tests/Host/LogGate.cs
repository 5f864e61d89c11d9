using Keelson.Simulation.Disk;

namespace Keelson.Store.Tests.Host;

/// <summary>Faults of a disk whose log writes stand still while the gate is shut, and never fail.</summary>
internal sealed class LogGate
{
    private readonly object _gate = new();
    private bool _shut;

    /// <summary>A log write stands at the gate.</summary>
    public bool IsHolding { get; private set; }

    public void Shut() => Set(shut: true);

    public void Open() => Set(shut: false);

    public DiskFault Pass(DiskCall call)
    {
        lock (_gate)
        {
            IsHolding = _shut && call.Kind == DiskCallKind.WriteDurable;
            while (_shut && call.Kind == DiskCallKind.WriteDurable)
            {
                Monitor.Wait(_gate);
            }
        }

        return DiskFault.None;
    }

    private void Set(bool shut)
    {
        lock (_gate)
        {
            _shut = shut;
            Monitor.PulseAll(_gate);
        }
    }
}
