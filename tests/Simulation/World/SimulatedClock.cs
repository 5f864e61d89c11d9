using Keelson.Base.Seams;

namespace Keelson.Simulation.World;

/// <summary>
/// A machine's clock: its monotonic time runs a little fast or slow and never falls; its wall clock may jump besides.
/// </summary>
internal sealed class SimulatedClock(SimulatedWorld world) : IClock
{
    private const long MicrosecondsPerMillisecond = 1000;
    private const long Million = 1_000_000;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private long _base;
    private long _baseOf = world.Moment;
    private long _driftPerMillion;
    private long _wallOffsetMilliseconds;

    public long MonotonicMilliseconds => Microseconds / MicrosecondsPerMillisecond;

    public DateTimeOffset Now => Start.AddMilliseconds(MonotonicMilliseconds + _wallOffsetMilliseconds);

    /// <summary>Microseconds of this clock since it was made.</summary>
    public long Microseconds
    {
        get
        {
            long passed = world.Moment - _baseOf;
            return _base + passed + (passed * _driftPerMillion / Million);
        }
    }

    /// <summary>From now on the clock gains so many microseconds a second; loses when negative.</summary>
    public void Drift(long perMillion)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(perMillion, -Million);
        (_base, _baseOf) = (Microseconds, world.Moment);
        _driftPerMillion = perMillion;
    }

    /// <summary>Sets the wall clock forward or back; the monotonic one does not notice.</summary>
    public void JumpWall(long milliseconds) => _wallOffsetMilliseconds += milliseconds;

    /// <summary>The machine stood still, its clock did not (a resumed virtual machine): time is gone at once.</summary>
    public void Skip(long milliseconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(milliseconds);
        _base += milliseconds * MicrosecondsPerMillisecond;
    }
}
