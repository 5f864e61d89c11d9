namespace Keelson.Bench.Load.Driving;

/// <summary>
/// Says when each call of a fixed rate is due. Latency counts from the due time, not from the actual start: a server
/// that stalls is charged for the calls that had to wait behind the stall.
/// </summary>
internal sealed class Pacer
{
    private readonly long _start;
    private readonly double _ticksPerCall;
    private long _taken;

    /// <summary>The first call is due at <paramref name="start"/>.</summary>
    public Pacer(double callsPerSecond, long start, long ticksPerSecond)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(callsPerSecond);
        _start = start;
        _ticksPerCall = ticksPerSecond / callsPerSecond;
    }

    /// <summary>When the next call is due.</summary>
    public long NextDue => _start + (long)(_taken * _ticksPerCall);

    /// <summary>Takes the next call if it is due; calls that were missed are handed out one by one at once.</summary>
    public bool TryTake(long now, out long due)
    {
        due = NextDue;
        if (now < due)
        {
            return false;
        }

        _taken++;
        return true;
    }
}
