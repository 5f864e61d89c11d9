using Keelson.Simulation.World;

namespace Keelson.Simulation.Disk;

/// <summary>What a node's disk calls cost: times drawn from a generator of its own, slow times included.</summary>
internal sealed class SimulatedDevice
{
    private readonly SimulatedWorld _world;
    private readonly SeededRandom _random;
    private readonly string _name;
    private DiskTiming _timing;
    private long _slowUntil;

    public SimulatedDevice(SimulatedWorld world, string name, DiskTiming timing)
    {
        _world = world;
        _name = name;
        _random = world.RandomOf($"disk times of {name}");
        _timing = timing;
        PlanSlowTime();
    }

    public SimulatedWorld World => _world;

    public string Name => _name;

    public bool IsSlow => _world.Now < _slowUntil;

    /// <summary>From now on the device is in good order.</summary>
    public void Mend()
    {
        _timing = DiskTiming.Good;
        _slowUntil = 0;
    }

    /// <summary>How long a call takes.</summary>
    public long Draw(DiskCallKind kind)
    {
        Spread spread = kind switch
        {
            DiskCallKind.Read => _timing.Read,
            DiskCallKind.WriteDurable => _timing.Durable,
            DiskCallKind.Sync or DiskCallKind.SyncNames => _timing.Sync,
            _ => _timing.Write,
        };
        return spread.Draw(_random) * (IsSlow ? _timing.SlowFactor : 1);
    }

    private void PlanSlowTime()
    {
        if (_timing.SlowPauseMean > 0)
        {
            _world.After(new Spread(1, _timing.SlowPauseMean).Draw(_random), $"{_name} is slow", () =>
            {
                _slowUntil = _world.Now + new Spread(1, _timing.SlowDurationMean).Draw(_random);
                PlanSlowTime();
            });
        }
    }
}
