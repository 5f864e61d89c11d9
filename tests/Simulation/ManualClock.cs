using Keelson.Base.Seams;

namespace Keelson.Simulation;

/// <summary>A clock that stands still until it is moved; safe to read from any thread.</summary>
public sealed class ManualClock : IClock
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private long _milliseconds;
    private long _wallOffsetMilliseconds;

    public long MonotonicMilliseconds => Volatile.Read(ref _milliseconds);

    public DateTimeOffset Now =>
        Start.AddMilliseconds(Volatile.Read(ref _milliseconds) + Volatile.Read(ref _wallOffsetMilliseconds));

    /// <summary>Lets time pass.</summary>
    public void Advance(long milliseconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(milliseconds);
        Interlocked.Add(ref _milliseconds, milliseconds);
    }

    /// <summary>Sets the wall clock forward or back; the monotonic one does not notice.</summary>
    public void JumpWall(long milliseconds) => Interlocked.Add(ref _wallOffsetMilliseconds, milliseconds);
}
